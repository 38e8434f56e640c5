package cards

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A template's JSON, read with the order of its members kept: the cards are
// then as the templates are, and golden files can be compared.
type (
	object []member
	array  []any
	scalar []byte // a number, true, false or null, as it is written

	member struct {
		key   string
		value any
	}
)

func (o object) get(key string) (any, bool) {
	for _, m := range o {
		if m.key == key {
			return m.value, true
		}
	}
	return nil, false
}

func (o object) text(key string) string {
	value, _ := o.get(key)
	text, _ := value.(string)
	return text
}

// parse reads one JSON value: an object, an array, a string or a scalar.
func parse(source []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(source))
	dec.UseNumber()
	value, err := parseValue(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the card")
	}
	return value, nil
}

func parseValue(dec *json.Decoder) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return parseObject(dec)
		}
		return parseArray(dec)
	case string:
		return v, nil
	default:
		written, err := json.Marshal(v)
		return scalar(written), err
	}
}

func parseObject(dec *json.Decoder) (object, error) {
	var o object
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("read a name: %w", err)
		}
		name, _ := key.(string)
		if _, twice := o.get(name); twice {
			return nil, fmt.Errorf("the member %q stands twice", name)
		}
		value, err := parseValue(dec)
		if err != nil {
			return nil, err
		}
		o = append(o, member{name, value})
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("read the end of an object: %w", err)
	}
	return o, nil
}

func parseArray(dec *json.Decoder) (array, error) {
	a := array{}
	for dec.More() {
		value, err := parseValue(dec)
		if err != nil {
			return nil, err
		}
		a = append(a, value)
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("read the end of an array: %w", err)
	}
	return a, nil
}
