package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// words gives a text as both databases take it: Postgres refuses NUL and broken
// UTF-8. The domain cleans what people type; this is for what comes from elsewhere.
func words(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// encode gives a value as JSON without NUL, which jsonb refuses.
func encode(value any) (string, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("store: encode: %w", err)
	}
	return dropNUL(string(encoded)), nil
}

// encodeOrNull encodes what is there, and gives nil for what is not.
func encodeOrNull(value any, is bool) (encoded *string, err error) {
	if is {
		encoded = new(string)
		*encoded, err = encode(value)
	}
	return encoded, err
}

// dropNUL removes the escape of NUL from JSON.
func dropNUL(encoded string) string {
	const escape = `\u0000`
	if !strings.Contains(encoded, escape) {
		return encoded
	}
	var b strings.Builder
	for i := 0; i < len(encoded); i++ {
		switch {
		case encoded[i] != '\\':
			b.WriteByte(encoded[i])
		case strings.HasPrefix(encoded[i:], escape):
			i += len(escape) - 1
		default: // an escape stays whole, so that its second byte starts no other
			b.WriteString(encoded[i : i+2])
			i++
		}
	}
	return b.String()
}

// decode reads JSON that encode has written.
func decode(encoded string, value any) error {
	if err := json.Unmarshal([]byte(encoded), value); err != nil {
		return fmt.Errorf("store: decode: %w", err)
	}
	return nil
}

func decodeOrNull(encoded *string, value any) error {
	if encoded == nil {
		return nil
	}
	return decode(*encoded, value)
}

// instant gives a time as both databases keep it: UTC, whole microseconds.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// instantOrNull is instant for a time that may be missing.
func instantOrNull(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := instant(*t)
	return &at
}
