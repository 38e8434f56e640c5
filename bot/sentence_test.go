package bot

import (
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

func TestASentenceIsFilledAsItsTemplateWouldBe(t *testing.T) {
	t.Parallel()
	c := newWords(t)
	s := c.in("en", "", monday())
	for id, sentence := range c.sentences {
		values := args{}
		for i, p := range sentence {
			if p.name != "" {
				values[p.name] = []any{"<Ana> {{.To}}", 7, int64(-1)}[i%3]
			}
		}
		want, err := s.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: map[string]any(values)})
		if got := s.say(id, values); err != nil || got != want {
			t.Errorf("%s: %q, want %q, %v", id, got, want, err)
		}
	}
}

func TestASentenceWithOtherMarksIsLeftToItsTemplate(t *testing.T) {
	t.Parallel()
	for message, simple := range map[string]bool{
		"": true, "Plain.": true, "{{.A}}": true, "By {{.Who}} at {{.When}}.": true,
		"{{if .A}}x{{end}}": false, "{{.A}} {{ .B }}": false, "{{.A.B}}": false, "{{": false,
	} {
		if _, ok := parseSentence(message); ok != simple {
			t.Errorf("%q: %v", message, ok)
		}
	}
}
