package cards

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"testing/quick"

	"github.com/google/go-cmp/cmp"
)

type crate struct {
	Title Text
	Ours  string
	Count int
	Fresh bool
	Boxes []box
	Lid   *box
	Note  string `json:"note,omitempty"`
	Limit int    `json:"limit,omitempty"`
	Tag   struct {
		ID string `json:"id"`
	}
}

type box struct {
	Name Text `json:"name"`
	Size int  `json:"size,omitempty"`
	Open bool
}

func fillCrate(t *testing.T, source string, view crate) string {
	t.Helper()
	tmpl, err := compile([]byte(source), reflect.TypeOf(view))
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return string(tmpl.fill(Words{"a.word": "Wort"}, reflect.ValueOf(&view).Elem()))
}

func TestTemplatesAreFilled(t *testing.T) {
	t.Parallel()
	full := crate{
		Title: "*a*", Ours: "**b**", Count: 3, Fresh: true, Lid: &box{Name: "lid"},
		Boxes: []box{{Name: "one", Size: 1}, {Name: "two", Open: true}},
	}
	full.Tag.ID = "x"
	for name, c := range map[string]struct {
		source string
		view   crate
		want   string
	}{
		"what has no mark stays in its order": {`{"b": [1.50, true, null, "é\n"], "a": {}}`, full, `{"b":[1.50,true,null,"é\n"],"a":{}}`},
		"a mark alone keeps the type":         {`{"a":"${count}","b":"${fresh}","c":"${tag}"}`, full, `{"a":3,"b":true,"c":{"id":"x"}}`},
		"a list of structs is written whole": {
			`{"a":"${boxes}"}`, full,
			`{"a":[{"name":"one","size":1,"open":false},{"name":"two","open":true}]}`,
		},
		"an empty list is an empty array":  {`{"a":"${boxes}"}`, crate{}, `{"a":[]}`},
		"a mark among text is text":        {`{"a":"<${count}> ${ours}"}`, full, `{"a":"<3> **b**"}`},
		"a word comes from the catalog":    {`{"a":"${words.a.word}!"}`, full, `{"a":"Wort!"}`},
		"a word that is missing is its id": {`{"a":"${words.b}"}`, full, `{"a":"b"}`},
		"people's words are escaped as Markdown": {
			`{"type":"TextBlock","text":"${title} ${ours}"}`, full,
			`{"type":"TextBlock","text":"\\*a\\* **b**"}`,
		},
		"they are escaped in facts": {
			`{"facts":[{"title":"${title}","value":"${title}"}]}`, full,
			`{"facts":[{"title":"\\*a\\*","value":"\\*a\\*"}]}`,
		},
		"they are left alone elsewhere": {
			`{"type":"TextRun","text":"${title}","value":"${title}"}`, full,
			`{"type":"TextRun","text":"*a*","value":"*a*"}`,
		},
		"$data repeats an object": {
			`[0,{"$data":"${boxes}","n":"${name}","c":"${$root.count}"},1]`, full,
			`[0,{"n":"one","c":3},{"n":"two","c":3},1]`,
		},
		"$when is asked for each element":          {`[{"$data":"${boxes}","$when":"${open}","n":"${name}"}]`, full, `[{"n":"two"}]`},
		"an empty list repeats nothing":            {`[0,{"$data":"${boxes}","n":"${name}"},1]`, crate{}, `[0,1]`},
		"$data steps into a value":                 {`{"a":{"$data":"${lid}","n":"${name}"},"b":1}`, full, `{"a":{"n":"lid"},"b":1}`},
		"what is not there leaves no member":       {`{"a":{"$data":"${lid}","n":"${name}"},"b":1}`, crate{}, `{"b":1}`},
		"a path through what is not there":         {`{"a":"${lid.name}","b":"-${lid.name}-"}`, crate{}, `{"b":"--"}`},
		"$when drops a member":                     {`{"a":{"$when":"${fresh}","x":1},"b":{"$when":"${title}"},"c":2}`, crate{}, `{"c":2}`},
		"$when keeps a member":                     {`{"a":{"$when":"${fresh}","x":1},"b":{"$when":"${boxes}"}}`, full, `{"a":{"x":1},"b":{}}`},
		"an empty optional field leaves no member": {`{"a":"${note}","b":"${limit}","c":"${ours}"}`, crate{}, `{"c":""}`},
		"a mark that a person types stays": {
			`{"a":"${title}"}`, crate{Title: `${ours}","x":"${count}`},
			`{"a":"${ours}\",\"x\":\"${count}"}`,
		},
		"what is no UTF-8 is replaced": {`{"a":"${ours}"}`, crate{Ours: "a\xffb\x01"}, `{"a":"a` + "\ufffd" + `b\u0001"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, fillCrate(t, c.source, c.view)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFaultyTemplateIsRefusedWhenItIsCompiled(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`{"a":"${nothing}"}`:                         "nothing",
		`{"a":"${title.more}"}`:                      "more",
		`{"a":"${lid.more}"}`:                        "more",
		`{"a":"${if(fresh, 1, 2)}"}`:                 "no path",
		`{"a":"${}"}`:                                "no path",
		`{"a":"${title"}`:                            "not closed",
		`{"${title}":1}`:                             "name",
		`{"a":"x${boxes}"}`:                          "part of a text",
		`{"a":"${lid}"}`:                             "cannot stand",
		`{"$data":"${title}"}`:                       "no fields",
		`{"$data":"${boxes}"}`:                       "outside an array",
		`{"$data":"boxes"}`:                          "not one",
		`{"$when":"${count}"}`:                       "never empty",
		`{"$when":true}`:                             "not one",
		`{"a":{"b":[{"c":"${nothing}"}]}}`:           "a: b: 0: c",
		`[{"$data":"${boxes}","a":"${title}"}]`:      "title",
		`{"a":1,"a":2}`:                              "twice",
		`{"a":1} 2`:                                  "behind",
		`{"a":`:                                      "EOF",
		`[{"$data":"${boxes}","$when":"${words.x"}]`: "not one",
	} {
		_, err := compile([]byte(source), reflect.TypeFor[crate]())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want something about %q", source, err, want)
		}
	}
}

func TestStringsAreWrittenAsEncodingJSONReadsThem(t *testing.T) {
	t.Parallel()
	same := func(s string) bool {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var a, b string
		return json.Unmarshal(appendString(nil, s), &a) == nil && json.Unmarshal(want, &b) == nil && a == b
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
	for _, s := range []string{"", "\x00\x1f\x7f\"\\/\r\n\t", "\xff\xc0\xaf", "\u2028\ufffd😀", "a\xe2\x80"} {
		if !same(s) {
			t.Errorf("%q is written as %s", s, appendString(nil, s))
		}
	}
}

// shape is a card with every text of it left out.
func shape(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = shape(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = shape(inner)
		}
	case string:
		return ""
	}
	return value
}

func shapeOf(t *testing.T, card []byte, err error) any {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(card, &v); err != nil {
		t.Fatalf("%v in %s", err, card)
	}
	return shape(v)
}

// FuzzNoTextChangesTheStructureOfACard fills cards with whatever people type.
func FuzzNoTextChangesTheStructureOfACard(f *testing.F) {
	for _, text := range []string{
		"x", sampleHostile, "\xff\x00", `","type":"Action.OpenUrl`, "\\", strings.Repeat("💥", 400), "\u202e", "{{TIME()}}",
	} {
		f.Add(text)
	}
	set := newSet(f)
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || len(text) > 2000 {
			return // an empty text leaves parts of the card out, as it should; a longer one than 2,000 shows nothing new
		}
		for name, draw := range map[string]func(text Text) (json.RawMessage, error){
			"ticket": func(x Text) (json.RawMessage, error) {
				return set.Ticket(Ticket{
					Notice: x, Title: x, Customer: x, Details: x, Owner: string(x),
					Items: []TicketItem{{Title: string(x), Detail: "by " + Escape(string(x))}},
				})
			},
			"form": func(x Text) (json.RawMessage, error) {
				return set.Form(Form{Ticket: x, Problem: x, Fields: []Field{
					{ID: "a", Label: "b", Value: x, Error: x, Choices: []Choice{{x, string(x)}}},
				}})
			},
			"list": func(x Text) (json.RawMessage, error) {
				return set.List(List{Groups: []ListGroup{{Rows: []ListRow{{Number: "T-1", Title: x}}}}})
			},
			"history": func(x Text) (json.RawMessage, error) {
				return set.History(History{Title: x, Lines: []HistoryLine{{Who: x, Note: x}}})
			},
			"notice": func(x Text) (json.RawMessage, error) {
				return set.Notice(Notice{Sentence: x, Buttons: []Button{{Title: string(x), Data: Data{Title: string(x)}}}})
			},
		} {
			got, err := draw(Text(text))
			plain, plainErr := draw("x")
			if diff := cmp.Diff(shapeOf(t, plain, plainErr), shapeOf(t, got, err)); diff != "" {
				t.Errorf("%s: %q changes the card:\n%s", name, text, diff)
			}
		}
	})
}

func TestATitleOfAnotherPersonsChoosingStaysAsItIs(t *testing.T) {
	t.Parallel()
	card, err := newSet(t).Form(Form{Fields: []Field{{ID: "title", Value: sampleHostile}}})
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Body []struct {
			Items []struct {
				Value string `json:"value"`
			} `json:"items"`
		} `json:"body"`
	}
	if err := json.Unmarshal(card, &read); err != nil {
		t.Fatal(err)
	}
	if got := read.Body[len(read.Body)-1].Items[0].Value; got != sampleHostile {
		t.Errorf("the form gives back %q", got)
	}
}

func TestASetMayBeUsedByManyAtOnce(t *testing.T) {
	t.Parallel()
	set := newSet(t)
	want, err := set.Ticket(sampleTicket(sampleWords()))
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		t.Run("one of many", func(t *testing.T) {
			t.Parallel()
			for range 50 {
				got, err := set.Ticket(sampleTicket(sampleWords()))
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%v: %s", err, got)
				}
			}
		})
	}
}

func BenchmarkTicket(b *testing.B) {
	set := newSet(b)
	view := sampleTicket(sampleWords())
	b.ReportAllocs()
	for b.Loop() {
		card, err := set.Ticket(view)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(card)))
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newSet(b)
	}
}
