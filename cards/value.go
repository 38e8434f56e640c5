package cards

import (
	"fmt"
	"reflect"
	"strconv"
	"unicode/utf8"
)

var textType = reflect.TypeFor[Text]()

// isText tells whether a value can be a part of a string.
func isText(t reflect.Type) bool { return t.Kind() == reflect.String || isInt(t) }

func isInt(t reflect.Type) bool { return t.Kind() == reflect.Int || t.Kind() == reflect.Int64 }

func many(t reflect.Type) bool { return t.Kind() == reflect.Slice || t.Kind() == reflect.Array }

// element gives the type in which the paths inside of $data begin.
func element(t reflect.Type) reflect.Type {
	if many(t) || t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func canBeEmpty(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Slice, reflect.Pointer:
		return true
	default:
		return false
	}
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool:
		return !v.Bool()
	case reflect.Pointer:
		return v.IsNil()
	default:
		return v.Len() == 0
	}
}

// writer appends a value as JSON.
type writer func(out []byte, v reflect.Value) []byte

// writerOf gives the writer of a type: JSON as encoding/json would make it, of
// the types that views have.
func writerOf(t reflect.Type, markdown bool) (writer, error) {
	switch {
	case markdown:
		return func(out []byte, v reflect.Value) []byte { return appendString(out, Escape(v.String())) }, nil
	case t.Kind() == reflect.String:
		return func(out []byte, v reflect.Value) []byte { return appendString(out, v.String()) }, nil
	case t.Kind() == reflect.Bool:
		return func(out []byte, v reflect.Value) []byte { return strconv.AppendBool(out, v.Bool()) }, nil
	case isInt(t):
		return func(out []byte, v reflect.Value) []byte { return strconv.AppendInt(out, v.Int(), 10) }, nil
	case t.Kind() == reflect.Struct:
		return structWriter(t)
	case t.Kind() == reflect.Slice:
		return sliceWriter(t)
	}
	return nil, fmt.Errorf("a %s cannot stand in a card", t)
}

func structWriter(t reflect.Type) (writer, error) {
	type column struct {
		index    int
		lead     []byte
		optional bool
		write    writer
	}
	var columns []column
	for i := range t.NumField() {
		name, optional := fieldName(t.Field(i))
		write, err := writerOf(t.Field(i).Type, false)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t, t.Field(i).Name, err)
		}
		columns = append(columns, column{i, append(appendString(nil, name), ':'), optional, write})
	}
	return func(out []byte, v reflect.Value) []byte {
		out = append(out, '{')
		start := len(out)
		for i := range columns {
			c := &columns[i]
			value := v.Field(c.index)
			if c.optional && value.IsZero() {
				continue
			}
			if len(out) > start {
				out = append(out, ',')
			}
			out = c.write(append(out, c.lead...), value)
		}
		return append(out, '}')
	}, nil
}

func sliceWriter(t reflect.Type) (writer, error) {
	write, err := writerOf(t.Elem(), false)
	if err != nil {
		return nil, err
	}
	return func(out []byte, v reflect.Value) []byte {
		out = append(out, '[')
		for i := range v.Len() {
			if i > 0 {
				out = append(out, ',')
			}
			out = write(out, v.Index(i))
		}
		return append(out, ']')
	}, nil
}

// appendString appends s as a JSON string.
func appendString(out []byte, s string) []byte {
	return append(appendInside(append(out, '"'), s), '"')
}

// appendInside appends s as the inside of a JSON string. What is no UTF-8
// becomes the replacement character, as in encoding/json.
func appendInside(out []byte, s string) []byte {
	const hex = "0123456789abcdef"
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			out = append(append(out, s[start:i]...), "\ufffd"...)
			i++
			start = i
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		out = append(out, s[start:i]...)
		switch c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, '\\', 'n')
		default:
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
		i++
		start = i
	}
	return append(out, s[start:]...)
}
