package bot

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// scene is a card that a story ends with.
type scene struct {
	name string
	card func(h *house) shown
}

func scenes() []scene {
	return []scene{
		{"welcome", func(h *house) shown {
			h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
			h.work()
			return h.chat.last()
		}},
		{"help", func(h *house) shown { h.says(ana, "help"); return h.chat.last() }},
		{"help-unknown", func(h *house) shown { h.says(ana, "boards [today](http://x)"); return h.chat.last() }},
		{"offer", func(h *house) shown { h.says(ana, "invoices cannot be posted <at>"); return h.chat.last() }},
		{"intake", func(h *house) shown { h.says(ana, "new Invoices cannot be posted"); return h.chat.last() }},
		{"intake-faults", func(h *house) shown {
			h.says(ana, "new")
			form := h.chat.last()
			return h.press(ana, form, form.first(), map[string]string{
				"title": "  ", "customer": hostile()[0], "details": "", "users": "lots", "date": "2026-11-22", "time": "2 pm",
			}).card
		}},
		{"unowned", func(h *house) shown { return h.opened(ana, map[string]string{"take": "false"}) }},
		{"reception", func(h *house) shown { return h.opened(ana, nil) }},
		{"initial-response", func(h *house) shown { return newWay(h).to("Initial response").card }},
		{"diagnosis", func(h *house) shown { return newWay(h).to("Diagnosis").card }},
		{"files", func(h *house) shown {
			card := h.opened(ana, nil)
			h.disk.has(fileURL, "some log")
			h.sends(ben, "T-1", sentFile("*posting* [service].log", fileURL))
			return h.press(ana, h.chat.message(card.id), "Files", nil).card
		}},
		{"which-ticket", func(h *house) shown {
			h.opened(ana, nil)
			h.opened(ana, nil)
			h.disk.has(fileURL, "some log")
			h.sends(ana, "here is [the](http://x) log", sentFile("posting.log", fileURL))
			return h.chat.last()
		}},
		{"decide-form", func(h *house) shown {
			p := newWay(h).to("Diagnosis")
			return h.press(ana, p.card, "Decide: fix or escalate", nil).card
		}},
		{"reason-form", func(h *house) shown { return h.press(ana, newWay(h).card, "Close early", nil).card }},
		{"skip-form", func(h *house) shown {
			form := h.press(ana, newWay(h).to("Diagnosis").card, "Review logs and monitoring", nil).card
			return h.press(ana, form, "Skip", nil).card
		}},
		{"escalated", func(h *house) shown { return newWay(h).to("Diagnosis").escalated().card }},
		{"answer-form", func(h *house) shown {
			return h.press(ana, newWay(h).to("Diagnosis").escalated().card, "Answer", nil).card
		}},
		{"answered", func(h *house) shown {
			return newWay(h).to("Diagnosis").escalated().form("Answer", map[string]string{"words": "Restart it, says Lena."}).card
		}},
		{"resolution", func(h *house) shown { return newWay(h).to("Resolution").card }},
		{"communication", func(h *house) shown { return newWay(h).to("Communication").card }},
		{"follow-up", func(h *house) shown { return newWay(h).to("Follow-up").card }},
		{"trend-analysis", func(h *house) shown { return newWay(h).to("Trend analysis").card }},
		{"closed", func(h *house) shown { return newWay(h).to("").card }},
		{"closed-early", func(h *house) shown {
			return newWay(h).form("Close early", map[string]string{"reason": "A duplicate of T-0."}).card
		}},
		{"overridden", func(h *house) shown {
			return newWay(h).form("Change the class of service", map[string]string{"class": "expedite", "reason": "The chief of *Contoso* asks."}).card
		}},
		{"overdue", func(h *house) shown {
			p := newWay(h).to("Diagnosis")
			h.pass(25 * time.Hour)
			return h.chat.message(p.card.id)
		}},
		{"one-user-and-a-date", func(h *house) shown {
			return h.opened(ana, map[string]string{"users": "1", "date": "2026-12-24", "time": "14:00"})
		}},
		{"late", func(h *house) shown {
			p := newWay(h)
			old := p.card
			p.to("Diagnosis")
			return h.press(lena, old, "Next step", nil).card
		}},
		{"history", func(h *house) shown {
			p := newWay(h).to("Diagnosis").escalated()
			p.form("Change the class of service", map[string]string{"class": "standard", "reason": "It can wait."})
			p.form("Edit", map[string]string{"date": "2026-12-24", "users": ""})
			return h.press(ana, p.card, "History", nil).card
		}},
		{"status", func(h *house) shown { return newNight(h).status }},
		{"status-closed", func(h *house) shown {
			n := newNight(h)
			n.way.form("Close early", map[string]string{"reason": "A duplicate of **T-0**."})
			return h.chat.message(n.status.id)
		}},
		{"status-form", func(h *house) shown {
			h.opened(ana, nil)
			h.says(ana, "status T-1")
			return h.chat.last()
		}},
		{"summary", func(h *house) shown {
			n := newNight(h)
			n.quiet()
			n.way.form("Change the class of service", map[string]string{"class": "standard", "reason": "It can wait."})
			h.pass(12 * time.Hour)
			return h.chat.last()
		}},
		{"following", func(h *house) shown {
			n := newNight(h)
			n.quiet()
			h.conversation = "19:all@thread.v2"
			h.says(ben, "follow T-1")
			h.says(ben, "following")
			return h.chat.last()
		}},
		{"board", func(h *house) shown {
			for _, users := range []string{"1", "12", "30"} {
				h.opened(ana, map[string]string{"users": users, "customer": hostile()[0][:40]})
			}
			h.pass(3 * time.Hour)
			h.says(ben, "board")
			return h.chat.last()
		}},
		{"board-filtered", func(h *house) shown {
			for range pageSize + 1 {
				h.opened(ana, map[string]string{"take": "false"})
			}
			h.pass(3 * time.Hour)
			h.says(ben, "board unowned late Contoso")
			return h.press(ben, h.chat.last(), "More", nil).card
		}},
		{"board-none", func(h *house) shown { h.says(ben, "board mine ]("); return h.chat.last() }},
		{"report", func(h *house) shown {
			h.site = "https://handrail.example.com"
			newWay(h).to("Diagnosis")
			h.pass(27 * time.Hour)
			newWay(h).to("")
			h.says(ben, "report 7 days")
			return h.chat.last()
		}},
		{"report-none", func(h *house) shown { h.says(ben, "report last month"); return h.chat.last() }},
		{"my-tickets-none", func(h *house) shown { h.says(ben, "my tickets"); return h.chat.last() }},
		{"reminder", func(h *house) shown {
			h.opened(ana, nil)
			h.pass(time.Hour)
			return h.chat.last()
		}},
		{"handover", func(h *house) shown {
			h.chat.without = map[string]bool{ben.id: true}
			newWay(h).to("Diagnosis").escalated()
			h.opened(ana, map[string]string{"users": "30", "date": "2026-12-24", "customer": hostile()[0][:40]})
			h.pass(3 * time.Hour)
			h.says(ana, "handover @"+ben.name+" please **call** them", ben)
			return h.chat.card(len(h.chat.posts) - 2)
		}},
		{"handover-form", func(h *house) shown {
			h.opened(ana, nil)
			h.says(ben, "help")
			h.says(ana, "handover")
			return h.chat.last()
		}},
		{"reminder-mention", func(h *house) shown {
			h.chat.without = map[string]bool{ana.id: true}
			newWay(h).to("Initial response")
			h.pass(time.Hour)
			return h.chat.last()
		}},
		{"snooze-form", func(h *house) shown { return h.press(ana, h.soon(), "Snooze", nil).card }},
		{"snooze-form-faults", func(h *house) shown {
			form := h.press(ana, h.soon(), "Snooze", nil).card
			return h.press(ana, form, "Save", map[string]string{"until": "2h", "reason": ""}).card
		}},
		{"snoozed", func(h *house) shown {
			form := h.press(ana, h.soon(), "Snooze", nil).card
			return h.press(ana, form, "Save", map[string]string{"until": "30m", "reason": "They are at *lunch*."}).card
		}},
		{"unreached", func(h *house) shown {
			h.chat.without = map[string]bool{ben.id: true, lena.object: true}
			p := newWay(h).to("Diagnosis")
			h.says(ana, "assign T-1 @"+ben.name, ben)
			h.pass(25 * time.Hour)
			return h.chat.message(p.card.id)
		}},
		{"away", func(h *house) shown {
			h.opened(ana, nil)
			h.opened(ana, nil)
			h.says(ben, "help")
			h.says(ana, "away until Monday @"+lena.name, lena)
			return h.chat.last()
		}},
		{"away-no-ticket", func(h *house) shown { h.says(ana, "away until 24 Dec 14:00"); return h.chat.last() }},
		{"owner-away", func(h *house) shown {
			p := newWay(h)
			h.says(ana, "away until Monday @"+ben.name, ben)
			return h.chat.message(p.card.id)
		}},
		{"away-saved", func(h *house) shown {
			h.opened(ana, nil)
			h.says(ben, "help")
			h.says(ana, "away until Monday")
			return h.press(ana, h.chat.last(), "Save", map[string]string{"person": ben.id, "choice": "tickets"}).card
		}},
		{"stand-in", func(h *house) shown {
			newWay(h).to("Diagnosis")
			h.says(ana, "away until Monday @"+ben.name, ben)
			return h.chat.card(len(h.chat.posts) - 2)
		}},
		{"held", func(h *house) shown {
			form := h.press(ana, newWay(h).to("Initial response").card, "Acknowledge receipt", nil).card
			return h.press(ana, form, "Save", map[string]string{
				"choice": "mail", "words": "The *portal* will be back by 5 pm, as soon as db-prod-03 is. It was a user error.",
			}).card
		}},
		{"overruled", func(h *house) shown {
			p := newWay(h).to("Initial response")
			form := h.press(ana, p.card, "Acknowledge receipt", nil).card
			form = h.press(ana, form, "Save", map[string]string{"choice": "phone", "words": "Fixed by 5 pm, as falcon is."}).card
			card := h.press(ana, form, "Save", map[string]string{"override": "The vendor has told them **already**."}).card
			return h.press(ana, card, "History", nil).card
		}},
		{"draft-acknowledgement", func(h *house) shown {
			return h.press(ana, newWay(h).to("Initial response").card, "Acknowledge", nil).card
		}},
		{"draft-management", func(h *house) shown { newWay(h).to("Diagnosis"); return h.open(ana, "management") }},
		{"texts", func(h *house) shown {
			newWay(h).to("Initial response")
			h.press(ana, h.preview("acknowledgement"), "I sent it", map[string]string{"way": "ticket"})
			h.press(lena, h.open(lena, "dev"), "Keep for later", nil)
			return h.open(ana, "")
		}},
		{"preview-acknowledgement", func(h *house) shown { newWay(h).to("Initial response"); return h.preview("acknowledgement") }},
		{"preview-update", func(h *house) shown { newWay(h).to("Diagnosis"); return h.preview("update") }},
		{"preview-resolution", func(h *house) shown {
			p := newWay(h)
			p.words = "We corrected the table of tax rates."
			p.to("Communication")
			return h.preview("resolution")
		}},
		{"preview-follow-up", func(h *house) shown { newWay(h).to("Follow-up"); return h.preview("follow-up") }},
		{"preview-closing", func(h *house) shown { newWay(h).to("Follow-up"); return h.preview("closing") }},
		{"preview-dev", func(h *house) shown {
			newWay(h).to("Diagnosis").
				form("Try to reproduce", map[string]string{"choice": "sometimes", "words": "1. Open an invoice with two tax lines.\n2. Press Post."}).
				form("Review logs and monitoring", map[string]string{"words": "09:40:12 ERROR tax: 12.34 != 12.35\nsee screenshot 1"}).
				form("Likely root cause", map[string]string{"choice": "code", "words": "Each tax line is rounded by itself."})
			return h.preview("dev")
		}},
		{"preview-management", func(h *house) shown {
			newWay(h).to("Diagnosis").form("Likely root cause", map[string]string{"choice": "code", "words": "Last night's release."})
			return h.press(ana, h.open(ana, "management"), "Preview", map[string]string{
				"option_1": "Roll back now", "consequence_1": "20 minutes without service", "option_2": "Repair forward",
				"consequence_2": "Service stays, invoices wait", "text_recommendation": "Roll back: the cause is known, the data is safe.",
				"text_decision": "May we roll back last night's release?", "decider": "Maria Silva", "date": "2026-11-23", "time": "13:00",
			}).card
		}},
		{"preview-held", func(h *house) shown {
			newWay(h).to("Diagnosis")
			return h.press(ana, h.open(ana, "update"), "Preview", map[string]string{
				"text_next_steps": "It will be *fixed* by 5 pm, as soon as db-prod-03 is back.", "text_contact": "",
			}).card
		}},
		{"hostile", func(h *house) shown {
			p := newWay(h)
			p.words = hostile()[0]
			p.form("Edit", map[string]string{"title": hostile()[0], "customer": hostile()[1][:100], "details": hostile()[1]})
			return p.to("Diagnosis").escalated().card
		}},
	}
}

// way leads a ticket through its steps by its buttons.
type way struct {
	h     *house
	who   someone
	card  shown
	words string
}

func newWay(h *house) *way {
	return &way{h: h, who: ana, card: h.opened(ana, nil), words: "Done, see the log."}
}

// form opens a form and saves it; the ticket's card comes back.
func (p *way) form(title string, inputs map[string]string) *way {
	p.h.t.Helper()
	form := p.h.form(p.who, p.card, title)
	p.card = p.h.press(p.who, form, "Save", inputs).card
	if len(p.card.inputs()) > 0 {
		p.h.t.Fatalf("the form of %s was not saved: %s", title, p.card.raw)
	}
	return p
}

// form opens the form behind a button. Where a text for the customer would be
// written, it is the one for what they were told already.
func (h *house) form(who someone, card shown, title string) shown {
	h.t.Helper()
	form := h.press(who, card, title, nil).card
	if form.offers("Already told") {
		form = h.press(who, form, "Already told", nil).card
	}
	return form
}

func (p *way) escalated() *way {
	p.h.t.Helper()
	return p.form("Decide: fix or escalate", map[string]string{"choice": "alone", "words": p.words, "reasons": "knowledge,security_data"})
}

// to goes on until the card shows the step; empty for the end.
func (p *way) to(step string) *way {
	p.h.t.Helper()
	for range 50 {
		if p.card.says("Closed ") || step != "" && p.card.says(step) && p.card.says("Step ") && !p.card.says("Before "+step) {
			return p
		}
		title := p.card.first()
		button := p.card.button(title)
		if !strings.HasSuffix(text(button["verb"]), suffixOpen) {
			p.card = p.h.press(p.who, p.card, title, nil).card
			continue
		}
		form := p.h.form(p.who, p.card, title)
		p.card = p.h.press(p.who, form, "Save", sensible(form, p.words)).card
		if p.card.inputs()["override"] != nil {
			p.card = p.h.press(p.who, p.card, "Save", map[string]string{"override": p.words}).card
		}
		if p.card.says("Record the likely root cause first.") {
			p.card = p.h.press(p.who, p.card, "Save", map[string]string{"choice": "alone", "reasons": "knowledge"}).card
		}
	}
	p.h.t.Fatalf("the ticket does not come to %q: %s", step, p.card.raw)
	return p
}

// sensible fills in a form: the first choice of each, and the words elsewhere.
func sensible(form shown, words string) map[string]string {
	inputs := map[string]string{}
	for id, input := range form.inputs() {
		switch text(input["type"]) {
		case "Input.ChoiceSet":
			choices, _ := input["choices"].([]any)
			first, _ := choices[0].(map[string]any)
			if text(input["value"]) == "" && input["isMultiSelect"] != true {
				inputs[id] = text(first["value"])
			}
		case "Input.Text":
			if text(input["value"]) == "" {
				inputs[id] = words
			}
		}
	}
	return inputs
}

func TestTheCardsOfAStoryAreTheirGoldenFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("testdata", "golden")
	var names []string
	for _, scene := range scenes() {
		names = append(names, scene.name+".json")
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			var got bytes.Buffer
			// The secret of a link is another one each time.
			raw := regexp.MustCompile(`/reports/[A-Z2-7]{26}\.`).ReplaceAll(scene.card(h).valid().raw, []byte("/reports/SECRET."))
			if err := json.Indent(&got, raw, "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			path := filepath.Join(dir, scene.name+".json")
			if *update {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("it differs from its golden file (make golden writes it anew):\n%s", diff)
			}
		})
	}
	files, err := os.ReadDir(dir)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.Contains(names, file.Name()) {
			t.Errorf("%s is the golden file of no scene", file.Name())
		}
	}
}

func TestAFormBringsBackMoreThanItTakes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "new")
	form := h.chat.last()
	title := strings.Repeat("t", 5000)
	back := h.press(ana, form, form.first(), map[string]string{"title": title, "customer": "Contoso", "details": strings.Repeat("d", 4000), "users": "1"}).card
	if got := text(back.inputs()["title"]["value"]); got != title {
		t.Errorf("of the title %d bytes come back", len(got))
	}
	back.expect("The title may have at most 200 characters; this has 5000.")
	// What no card can hold comes back as far as it goes.
	back = h.press(ana, form, form.first(), map[string]string{
		"title": strings.Repeat("🧨", 50_000), "customer": strings.Repeat("\"", 50_000), "details": strings.Repeat("\u0001🧨", 50_000),
		"users": strings.Repeat("9", 50_000), "date": strings.Repeat("x", 50_000), "time": strings.Repeat("x", 50_000),
	}).card
	if !back.says("The title may have at most 200 characters") || text(back.inputs()["details"]["value"]) == "" {
		t.Errorf("the form comes back as %s", back.raw)
	}
}

func TestALongMessageBecomesTitleAndDetails(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "new Mail is slow\nsince 9 o'clock, for everybody")
	form := h.chat.last()
	if got := text(form.inputs()["title"]["value"]); got != "Mail is slow" {
		t.Errorf("the title is %q", got)
	}
	if got := text(form.inputs()["details"]["value"]); got != "Mail is slow\nsince 9 o'clock, for everybody" {
		t.Errorf("the details are %q", got)
	}
	h.says(ana, "new "+strings.Repeat("a b ", 20_000))
	form = h.chat.last()
	if got := len(text(form.inputs()["title"]["value"])); got > 202 {
		t.Errorf("the title has %d bytes", got)
	}
}
