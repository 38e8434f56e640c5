package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"handrail/internal/guard"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// form is what a person fills into a form.
type form = map[string]string

// click is what a button sends: a story that sends it itself can be late, or a forger.
type click struct {
	card *teamstest.Card
	verb string
	data map[string]any
}

// clickOf gives what a press of the button would send, with the inputs as they are.
func clickOf(t *testing.T, card *teamstest.Card, title string) click {
	t.Helper()
	found := click{card: card}
	eachObject(card.JSON, func(object map[string]any) {
		if object["type"] == "Action.Execute" && object["title"] == title && found.verb == "" {
			found.verb, _ = object["verb"].(string)
			data, _ := object["data"].(map[string]any)
			found.data = maps.Clone(data)
			for id, value := range filled(card) {
				if value != nil && object["associatedInputs"] != "none" {
					found.data[id] = value
				}
			}
		}
	})
	if found.verb == "" {
		t.Fatalf("the card has no button %q; it has %q", title, card.Buttons())
	}
	return found
}

// with gives the click with other data.
func (c click) with(name string, value any) click {
	c.data = maps.Clone(c.data)
	c.data[name] = value
	return c
}

// by sends the click and gives what its sender sees. A click that is no good
// has a kind answer, too.
func (c click) by(t *testing.T, who *teamstest.Person) *teamstest.Card {
	t.Helper()
	answer := c.card.Raw(who, c.verb, c.data)
	if answer.Status != http.StatusOK || answer.Code != http.StatusOK {
		t.Fatalf("%s sends %s %v: answered %d, %d %s %s", who.Name, c.verb, c.data, answer.Status, answer.Code, answer.Type, answer.Text)
	}
	if answer.Card != nil {
		return answer.Card
	}
	return &teamstest.Card{Said: answer.Text}
}

// filled gives what the inputs of a card hold.
func filled(card *teamstest.Card) map[string]any {
	values := map[string]any{}
	eachObject(card.JSON, func(object map[string]any) {
		kind, _ := object["type"].(string)
		if id, ok := object["id"].(string); ok && strings.HasPrefix(kind, "Input.") {
			values[id] = object["value"]
		}
	})
	return values
}

// evidence opens the form behind a button. Where a text for the customer would be
// written, it is the one for what they were told already.
func evidence(who *teamstest.Person, card *teamstest.Card, button string) *teamstest.Card {
	form := card.Press(who, button)
	if slices.Contains(form.Buttons(), "Already told") {
		return form.Press(who, "Already told")
	}
	return form
}

// texts gives what a card shows as Markdown.
func texts(card *teamstest.Card) string {
	var all strings.Builder
	eachObject(card.JSON, func(object map[string]any) {
		if text, ok := object["text"].(string); ok && object["type"] == "TextBlock" {
			all.WriteString(text + "\n")
		}
	})
	return all.String()
}

// version gives the version of the ticket that a card shows.
func version(card *teamstest.Card) int64 {
	shown := 0.0
	eachObject(card.JSON, func(object map[string]any) {
		if v, ok := object["version"].(float64); ok {
			shown = max(shown, v)
		}
	})
	return int64(shown)
}

func eachObject(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			eachObject(each, visit)
		}
	case map[string]any:
		visit(v)
		for _, each := range v {
			eachObject(each, visit)
		}
	}
}

// says fails the story where a text lacks words.
func says(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not said in:\n%s", word, text)
		}
	}
}

// saysNot fails the story where a text has words.
func saysNot(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(text, word) {
			t.Errorf("%q is said in:\n%s", word, text)
		}
	}
}

// together does things at the same moment.
func together(deeds ...func()) {
	var all sync.WaitGroup
	for _, deed := range deeds {
		all.Go(deed)
	}
	all.Wait()
}

// invoices is the intake of the ticket that most stories are about.
func invoices() form {
	return form{"customer": "Contoso", "details": "Since Monday, error 4711", "users": "12"}
}

// opens has a person write what is wrong and fill in the intake, and gives the
// card that the ticket lives on.
func (w *world) opens(who *teamstest.Person, chat *teamstest.Conversation, title string, facts form) *teamstest.Card {
	w.t.Helper()
	chat = chat.Says(who, "new "+title)
	card := chat.ExpectCard("New ticket", title)
	if again := card.Press(who, "Open ticket", facts); strings.Contains(again.Text(), "Same trouble?") {
		again.Press(who, "Open ticket") // another trouble
	}
	return card.Expect("T-", title)
}

// shows has a person ask for the card of a ticket.
func shows(who *teamstest.Person, chat *teamstest.Conversation, number string) *teamstest.Card {
	return chat.Says(who, "show "+number).ExpectCard(number+" ·", "Step ")
}

// desk is the desk on the database of the story, for what was before it.
func (w *world) desk() *ticket.Desk {
	w.t.Helper()
	if w.before == nil {
		w.before = &ticket.Desk{Store: w.database.Open(w.t, w.clock.Now), Policy: ticket.DefaultPolicy(), Now: w.clock.Now, Guard: guard.New(nil)}
	}
	return w.before
}

func (w *world) actor(who *teamstest.Person) ticket.Actor {
	return ticket.Actor{Person: ticket.Person{ID: who.ID, Name: who.Name, ObjectID: who.ObjectID}, Tenant: w.Tenant()}
}

// ticketIn gives a ticket that its owner has brought to a step before the story begins.
func (w *world) ticketIn(step ticket.Step, owner *teamstest.Person) *ticket.Ticket {
	w.t.Helper()
	in := ticket.Intake{Title: "Invoices cannot be posted", Customer: "Contoso", Details: "Since Monday, error 4711", Users: "12"}
	return w.ticketOf(in, step, owner)
}

func (w *world) ticketOf(in ticket.Intake, step ticket.Step, owner *teamstest.Person) *ticket.Ticket {
	w.t.Helper()
	desk, by := w.desk(), w.actor(owner)
	t, err := desk.Open(w.t.Context(), by, ticket.Opening{Intake: in, Take: true})
	for err == nil && t.Step != step {
		t, err = desk.Change(w.t.Context(), by, ticket.Press{ID: t.ID, Version: t.Version}, func(c *ticket.Change) error {
			for _, item := range c.Ticket.Missing() {
				evidence := ticket.Evidence{Words: "done before"}
				if len(item.Choices) > 0 {
					evidence.Choice = item.Choices[0]
				}
				tick := func() error { return c.Tick(item.ID, evidence) }
				if item.ID == ticket.ItemDecide {
					tick = func() error { return c.Fix("done before") }
				}
				if err := tick(); err != nil {
					return err
				}
			}
			return c.Complete(c.Ticket.Step)
		})
	}
	if err != nil {
		w.t.Fatalf("bring a ticket to %s: %v", step, err)
	}
	return t
}

// stored gives a ticket as the database has it.
func (w *world) stored(number int64) *ticket.Ticket {
	w.t.Helper()
	t, err := w.desk().Store.Ticket(w.t.Context(), ticket.ID{Tenant: w.Tenant(), Number: number})
	if err != nil {
		w.t.Fatalf("look at T-%d: %v", number, err)
	}
	return t
}
