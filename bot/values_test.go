package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

func TestAValueOfAWrongTypeReadsAsEmpty(t *testing.T) {
	t.Parallel()
	v := decodeValues(json.RawMessage(`{"s":"x","n":12,"f":1.5,"big":1e9,"b":true,"z":null,"o":{"a":1},"l":["a"],"ticket":7,"list":"a, b,,c","item":["log"]}`))
	for name, want := range map[string]string{"s": "x", "n": "12", "f": "1.5", "big": "1e9", "b": "true", "z": "", "o": "", "l": "", "none": "", "item": ""} {
		if got := v.text(name); got != want {
			t.Errorf("the text of %s is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]int64{"n": 12, "f": 0, "big": 0, "s": 0, "b": 0, "o": 0, "none": 0} {
		if got := v.number(name); got != want {
			t.Errorf("the number of %s is %d, want %d", name, got, want)
		}
	}
	if !v.truth("b") || v.truth("n") || v.truth("none") {
		t.Error("a truth is another one")
	}
	if got := v.list("list"); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("the list is %q", got)
	}
	if got := v.ticket("x"); got != (ticket.ID{Tenant: "x", Number: 7}) {
		t.Errorf("the ticket is %v", got)
	}
	for _, data := range []string{"", "null", "[]", `"x"`, "7", "{", "true"} {
		if v := decodeValues(json.RawMessage(data)); v == nil || len(v) > 0 {
			t.Errorf("%q holds %v", data, v)
		}
	}
}

func TestAClickIsTheSameWhereEverythingIsTheSame(t *testing.T) {
	t.Parallel()
	press := func(data, verb, by string) ticket.Press {
		return decodeValues(json.RawMessage(data)).press("t", verb, ticket.Person{ID: by})
	}
	const data = `{"ticket":"T-1","version":3,"once":"T-1.3","item":"log","words":"a"}`
	first := press(data, "item.save", "ana")
	if first.Number != 1 || first.Version != 3 || first.Key == "" {
		t.Fatalf("the click is %+v", first)
	}
	if again := press(`{"words":"a", "item":"log","once":"T-1.3","version":3,"ticket":"T-1"}`, "item.save", "ana"); again != first {
		t.Errorf("the same click is %+v, then %+v", first, again)
	}
	for _, other := range []ticket.Press{
		press(data, "skip.save", "ana"), press(data, "item.save", "ben"),
		press(strings.Replace(data, `"words":"a"`, `"words":"b"`, 1), "item.save", "ana"),
	} {
		if other.Key == first.Key {
			t.Errorf("another click has the same key: %+v", other)
		}
	}
	if long := press(`{"once":"`+strings.Repeat("x", 1<<20)+`"}`, "v", "ana"); len(long.Key) > 100 {
		t.Errorf("the key of a forged click has %d bytes", len(long.Key))
	}
	for _, data := range []string{`{}`, `{"version":0}`, `{"version":"lots"}`, `{"version":-7}`, `{"version":{}}`} {
		if got := press(data, "v", "ana"); got.Version != -1 || got.Key != "" {
			t.Errorf("%s is the click %+v; it has to be older than any change", data, got)
		}
	}
}

func FuzzValues(f *testing.F) {
	for _, data := range []string{
		`{}`, `{"ticket":"T-1","version":1,"once":"k","page":-1}`, `{"ticket":null}`, `[1]`, `{"page":1e309}`, `{"version":"` + strings.Repeat("9", 40) + `"}`,
		`{"ticket":{"ticket":{}}}`, "{\"title\":\"\xff\"}", `{"a":"\u0000"}`,
	} {
		f.Add(data, "title")
	}
	f.Fuzz(func(t *testing.T, data, name string) {
		v := decodeValues(json.RawMessage(data))
		if written := v.text(name); strings.HasPrefix(written, "{") || strings.HasPrefix(written, "[") {
			if raw := strings.TrimSpace(string(v[name])); !strings.HasPrefix(raw, `"`) {
				t.Errorf("the text of %q is %q", name, written)
			}
		}
		if v.number(name) != 0 && v.text(name) == "" {
			t.Errorf("%q is a number and no text", name)
		}
		for _, one := range v.list(name) {
			if strings.TrimSpace(one) != one || one == "" {
				t.Errorf("the list holds %q", one)
			}
		}
		press := v.press("t", name, ticket.Person{ID: "29:x"})
		if press.Version == 0 || press.Number < 0 || len(press.Key) > 43 {
			t.Errorf("the click is %+v", press)
		}
		_, _ = v.intake(nil).Check(monday())
	})
}
