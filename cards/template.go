package cards

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// template is a compiled template: a tree of nodes that append JSON.
type template struct {
	root node
	// ids are the words that the template names.
	ids []string
}

// wordsRoot begins the path of a word; what follows is the word's id.
const wordsRoot = "words."

// pathForm is all that a mark may hold.
var pathForm = regexp.MustCompile(`^[$a-z][A-Za-z0-9_.]*$`)

// compile checks every path of the template against the view's type.
func compile(source []byte, view reflect.Type) (*template, error) {
	parsed, err := parse(source)
	if err != nil {
		return nil, err
	}
	c := &compiler{view: view}
	root, err := c.value(parsed, place{scope: view})
	if err != nil {
		return nil, err
	}
	return &template{root: root, ids: c.ids}, nil
}

type compiler struct {
	view reflect.Type
	ids  []string
}

// place is where in the template a value stands.
type place struct {
	// scope is the type of what paths begin at.
	scope reflect.Type
	// array is the name of the array that the value is an element of.
	array string
	// markdown tells that clients read the value as Markdown.
	markdown bool
}

func (c *compiler) value(value any, at place) (node, error) {
	switch v := value.(type) {
	case object:
		return c.object(v, at)
	case array:
		return c.array(v, at)
	case string:
		return c.text(v, at)
	case scalar:
		return literal(v), nil
	}
	return nil, fmt.Errorf("%T is no JSON", value)
}

// object compiles an object and what $data and $when do to it.
func (c *compiler) object(o object, at place) (node, error) {
	var data *path
	if mark, ok := o.get("$data"); ok {
		p, err := c.only(mark, at.scope)
		if err != nil {
			return nil, fmt.Errorf("$data: %w", err)
		}
		data, at.scope = p, element(p.typ)
		if at.scope.Kind() != reflect.Struct {
			return nil, fmt.Errorf("$data: %s is a %s and holds no fields", mark, p.typ)
		}
		if many(p.typ) && at.array == "" {
			return nil, fmt.Errorf("$data: %s is a list and stands outside an array", mark)
		}
	}
	var when *path
	if mark, ok := o.get("$when"); ok {
		p, err := c.only(mark, at.scope)
		if err != nil {
			return nil, fmt.Errorf("$when: %w", err)
		}
		if !canBeEmpty(p.typ) {
			return nil, fmt.Errorf("$when: %s is a %s and never empty", mark, p.typ)
		}
		when = p
	}
	body, err := c.members(o, at)
	if err != nil {
		return nil, err
	}
	if when != nil {
		body = &conditional{when: when, body: body}
	}
	if data != nil {
		body = &scoped{data: data, many: many(data.typ), body: body}
	}
	return body, nil
}

func (c *compiler) members(o object, at place) (node, error) {
	var fields fieldList
	for _, m := range o {
		// "$schema" belongs to the card.
		if m.key == "$data" || m.key == "$when" {
			continue
		}
		if strings.Contains(m.key, "${") {
			return nil, fmt.Errorf("%q: a name cannot be filled in", m.key)
		}
		inside := place{scope: at.scope, markdown: showsMarkdown(o, m.key, at)}
		if _, list := m.value.(array); list {
			inside.array = m.key
		}
		value, err := c.value(m.value, inside)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.key, err)
		}
		fields.add(append(appendString(nil, m.key), ':'), value)
	}
	return fields.node('{', '}'), nil
}

// showsMarkdown tells which properties clients read as Markdown ("Format cards
// in Microsoft Teams").
func showsMarkdown(o object, key string, at place) bool {
	switch key {
	case "text":
		return o.text("type") == "TextBlock"
	case "title", "value":
		return at.array == "facts"
	}
	return false
}

func (c *compiler) array(a array, at place) (node, error) {
	var elements fieldList
	for i, value := range a {
		inside := place{scope: at.scope, array: at.array}
		if inside.array == "" {
			inside.array = "an array"
		}
		n, err := c.value(value, inside)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i, err)
		}
		elements.add(nil, n)
	}
	return elements.node('[', ']'), nil
}

// text compiles a string. A mark alone keeps the type of its value; among
// other text it becomes a part of the string.
func (c *compiler) text(s string, at place) (node, error) {
	if !strings.Contains(s, "${") {
		return literal(appendString(nil, s)), nil
	}
	var parts []part
	for s != "" {
		start := strings.Index(s, "${")
		if start < 0 {
			parts = append(parts, part{literal: appendInside(nil, s)})
			break
		}
		length := strings.IndexByte(s[start:], '}')
		if length < 0 {
			return nil, errors.New("a mark is not closed")
		}
		if start > 0 {
			parts = append(parts, part{literal: appendInside(nil, s[:start])})
		}
		p, err := c.path(s[start+2:start+length], at.scope)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{path: p, markdown: at.markdown && p.typ == textType})
		s = s[start+length+1:]
	}
	if len(parts) == 1 {
		write, err := writerOf(parts[0].path.typ, parts[0].markdown)
		return &whole{path: parts[0].path, append: write}, err
	}
	for _, p := range parts {
		if p.path != nil && !isText(p.path.typ) {
			return nil, fmt.Errorf("a %s cannot be a part of a text", p.path.typ)
		}
	}
	return &mixed{parts: parts}, nil
}

// only gives the path of a mark that stands alone, as $data and $when want it.
func (c *compiler) only(value any, scope reflect.Type) (*path, error) {
	s, _ := value.(string)
	inner, opened := strings.CutPrefix(s, "${")
	inner, closed := strings.CutSuffix(inner, "}")
	if !opened || !closed {
		return nil, fmt.Errorf("%v is not one ${path}", value)
	}
	return c.path(inner, scope)
}

// path is a way from a view to one of its values.
type path struct {
	// root makes the way begin at the whole view, not at the scope of $data.
	root  bool
	index [][]int
	typ   reflect.Type
	// word is the id of a word, which stands in no field.
	word string
	// optional drops the member where the value is empty.
	optional bool
}

func (c *compiler) path(s string, scope reflect.Type) (*path, error) {
	if !pathForm.MatchString(s) {
		return nil, fmt.Errorf("%q is no path", s)
	}
	if id, ok := strings.CutPrefix(s, wordsRoot); ok {
		c.ids = append(c.ids, id)
		return &path{word: id, typ: reflect.TypeFor[string]()}, nil
	}
	p := &path{typ: scope}
	rest, root := strings.CutPrefix(s, "$root.")
	if root {
		p.root, p.typ = true, c.view
	}
	for name := range strings.SplitSeq(rest, ".") {
		typ := p.typ
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		field, optional, ok := fieldOf(typ, name)
		if !ok {
			return nil, fmt.Errorf("${%s}: %s has no %q", s, typ, name)
		}
		p.index, p.typ, p.optional = append(p.index, field.Index), field.Type, optional
	}
	return p, nil
}

// fieldOf finds a field by the name that its json tag gives it, else by its own
// name with a small first letter.
func fieldOf(typ reflect.Type, name string) (field reflect.StructField, optional, ok bool) {
	if typ.Kind() != reflect.Struct {
		return field, false, false
	}
	for _, f := range reflect.VisibleFields(typ) {
		if !f.IsExported() || f.Anonymous {
			continue
		}
		tagged, omit := fieldName(f)
		if tagged != name {
			continue
		}
		// A field of the outer struct hides one of an embedded struct.
		if !ok || len(f.Index) < len(field.Index) {
			field, optional, ok = f, omit, true
		}
	}
	return field, optional, ok
}

func fieldName(f reflect.StructField) (name string, optional bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		name = strings.ToLower(f.Name[:1]) + f.Name[1:]
	}
	return name, options == "omitempty" || options == "omitzero"
}
