package cards

import (
	"reflect"
	"strconv"
)

// cardBytes is what most cards measure.
const cardBytes = 10 << 10

// filling is one card while it is written.
type filling struct {
	out   []byte
	words Words
	root  reflect.Value
}

// fill writes the card of a view. It cannot fail: what could is checked when
// the template is compiled.
func (t *template) fill(words Words, view reflect.Value) []byte {
	f := &filling{out: make([]byte, 0, cardBytes), words: words, root: view}
	t.root.write(f, view)
	return f.out
}

// node is a piece of a template. write appends its JSON and tells whether it
// is there at all: what is not is left out of the object or array around it.
type node interface {
	write(f *filling, scope reflect.Value) bool
}

// literal is JSON that no view changes.
type literal []byte

func (l literal) write(f *filling, _ reflect.Value) bool {
	f.out = append(f.out, l...)
	return true
}

// fields are the members of an object or the elements of an array.
type fields struct {
	list        []field
	open, close byte
}

type field struct {
	// lead is the name and its colon; empty in an array.
	lead  []byte
	value node
}

func (n *fields) write(f *filling, scope reflect.Value) bool {
	f.out = append(f.out, n.open)
	start := len(f.out)
	for i := range n.list {
		mark := len(f.out)
		if mark > start {
			f.out = append(f.out, ',')
		}
		f.out = append(f.out, n.list[i].lead...)
		if !n.list[i].value.write(f, scope) {
			f.out = f.out[:mark]
		}
	}
	f.out = append(f.out, n.close)
	return true
}

// fieldList collects fields. Neighbours that no view changes become one literal.
type fieldList struct {
	list []field
}

func (l *fieldList) add(lead []byte, value node) {
	fixed, ok := value.(literal)
	if !ok {
		l.list = append(l.list, field{lead, value})
		return
	}
	fixed = append(lead, fixed...)
	if last := len(l.list) - 1; last >= 0 {
		if before, ok := l.list[last].value.(literal); ok {
			l.list[last].value = append(append(before, ','), fixed...)
			return
		}
	}
	l.list = append(l.list, field{nil, fixed})
}

func (l *fieldList) node(open, end byte) node {
	switch len(l.list) {
	case 0:
		return literal{open, end}
	case 1:
		if fixed, ok := l.list[0].value.(literal); ok {
			return append(append(literal{open}, fixed...), end)
		}
	}
	return &fields{list: l.list, open: open, close: end}
}

// conditional is an object with $when.
type conditional struct {
	when *path
	body node
}

func (n *conditional) write(f *filling, scope reflect.Value) bool {
	v, ok := n.when.of(f, scope)
	return ok && !isEmpty(v) && n.body.write(f, scope)
}

// scoped is an object with $data.
type scoped struct {
	data *path
	many bool
	body node
}

func (n *scoped) write(f *filling, scope reflect.Value) bool {
	v, ok := n.data.of(f, scope)
	if !ok {
		return false
	}
	if !n.many {
		v, ok = pointed(v)
		return ok && n.body.write(f, v)
	}
	start := len(f.out)
	for i := range v.Len() {
		mark := len(f.out)
		if mark > start {
			f.out = append(f.out, ',')
		}
		if !n.body.write(f, v.Index(i)) {
			f.out = f.out[:mark]
		}
	}
	return len(f.out) > start
}

// whole is a mark that stands alone: it keeps the type of its value.
type whole struct {
	path   *path
	append writer
}

func (n *whole) write(f *filling, scope reflect.Value) bool {
	if n.path.word != "" {
		f.out = appendString(f.out, f.words.word(n.path.word))
		return true
	}
	v, ok := n.path.of(f, scope)
	if !ok || n.path.optional && v.IsZero() {
		return false
	}
	f.out = n.append(f.out, v)
	return true
}

// mixed is a string with marks in it.
type mixed struct {
	parts []part
}

type part struct {
	literal  []byte
	path     *path
	markdown bool
}

func (n *mixed) write(f *filling, scope reflect.Value) bool {
	f.out = append(f.out, '"')
	for i := range n.parts {
		p := &n.parts[i]
		if p.path == nil {
			f.out = append(f.out, p.literal...)
			continue
		}
		if p.path.word != "" {
			f.out = appendInside(f.out, f.words.word(p.path.word))
			continue
		}
		v, ok := p.path.of(f, scope)
		switch {
		case !ok:
		case v.Kind() != reflect.String:
			f.out = strconv.AppendInt(f.out, v.Int(), 10)
		case p.markdown:
			f.out = appendInside(f.out, Escape(v.String()))
		default:
			f.out = appendInside(f.out, v.String())
		}
	}
	f.out = append(f.out, '"')
	return true
}

// of follows the path; false where it ends at a pointer that is nil.
func (p *path) of(f *filling, v reflect.Value) (reflect.Value, bool) {
	if p.root {
		v = f.root
	}
	for _, index := range p.index {
		for _, i := range index {
			var ok bool
			if v, ok = pointed(v); !ok {
				return v, false
			}
			v = v.Field(i)
		}
	}
	return v, true
}

func pointed(v reflect.Value) (reflect.Value, bool) {
	if v.Kind() != reflect.Pointer {
		return v, true
	}
	return v.Elem(), !v.IsNil()
}
