package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handrail/internal/ticket"
)

// TestAnyButtonOnTheCardLeadsSomewhere presses whatever is on the present card,
// as the owner, with inputs made from the form's fields. Every press has to be
// answered by a card or a text, a form that is filled in sensibly has to be
// taken, and from wherever that leads the ticket can still be closed.
func TestAnyButtonOnTheCardLeadsSomewhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := newHouse(t)
		card := h.opened(ana, map[string]string{"take": rapid.SampledFrom([]string{"true", "false"}).Draw(r, "take")})
		for range rapid.IntRange(0, 12).Draw(r, "presses") {
			h.now = h.now.Add(time.Duration(rapid.IntRange(0, 600).Draw(r, "minutes")) * time.Minute)
			if rapid.IntRange(0, 9).Draw(r, "work") == 0 {
				h.work()
			}
			card = random(r, h, card)
		}
		if rapid.IntRange(0, 3).Draw(r, "close") == 0 {
			w := way{h: h, who: ana, card: h.execute(ana, card.id, verbTicketShow, map[string]any{"ticket": "T-1"}).card, words: "Done."}
			w.to("")
			if got := h.ticket(1); got.State != ticket.Closed {
				r.Fatalf("the ticket ends as %+v", got)
			}
		}
		if strings.Contains(h.log.String(), "level=ERROR") {
			r.Fatalf("the log has %s", h.log.String())
		}
	})
}

// random presses one button of a card and gives the card that comes of it.
func random(r *rapid.T, h *house, card shown) shown {
	buttons := card.buttons()
	at := rapid.IntRange(0, len(buttons)-1).Draw(r, "button")
	button := buttons[at]
	verb, saves := text(button["verb"]), strings.HasSuffix(text(button["verb"]), suffixSave)
	before := h.ticket(1)
	inputs := map[string]string{}
	if button["associatedInputs"] != "none" {
		inputs = drawn(r, card)
	}
	data := card.merged(button, inputs)
	got := h.execute(ana, card.id, verb, data)
	if got.text != "" {
		return h.execute(ana, card.id, verbTicketShow, map[string]any{"ticket": "T-1"}).card
	}
	after := h.ticket(1)
	switch refused := ""; {
	case saves && len(got.card.inputs()) > 0:
		refused = "was not taken"
		fallthrough
	case !saves && strings.Contains(string(got.card.raw), `"id":"notice"`):
		if refused == "" {
			refused = "was refused"
		}
		if !excused(verb, inputs, before, got.card) {
			r.Fatalf("the button %q (%s) with %v %s at %s: %s", button["title"], verb, inputs, refused, before.Step, got.card.raw)
		}
	case saves && verb != verbDraftKeep && after.Version == before.Version:
		r.Fatalf("%s with %v changed nothing", verb, inputs)
	}
	return got.card
}

// drawn fills in a form with what is sensible, each time something else.
func drawn(r *rapid.T, form shown) map[string]string {
	inputs := map[string]string{}
	fields := form.inputs()
	ids := make([]string, 0, len(fields))
	for id := range fields {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		switch field := fields[id]; text(field["type"]) {
		case "Input.Toggle":
			inputs[id] = rapid.SampledFrom([]string{"true", "false"}).Draw(r, id)
		case "Input.ChoiceSet":
			var values []string
			choices, _ := field["choices"].([]any)
			for _, c := range choices {
				choice, _ := c.(map[string]any)
				values = append(values, text(choice["value"]))
			}
			if field["isMultiSelect"] == true {
				inputs[id] = strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, len(values), rapid.ID).Draw(r, id), ",")
			} else {
				inputs[id] = rapid.SampledFrom(values).Draw(r, id)
			}
		case "Input.Date":
			inputs[id] = fmt.Sprintf("2027-%02d-15", rapid.IntRange(3, 12).Draw(r, id))
		case "Input.Time":
			inputs[id] = fmt.Sprintf("%02d:30", rapid.IntRange(0, 23).Draw(r, id))
		default:
			if id == ticket.FieldUsers {
				inputs[id] = fmt.Sprint(rapid.IntRange(0, 40).Draw(r, id))
			} else {
				inputs[id] = rapid.SampledFrom([]string{"Seen in the log.", "**b** <at>x</at>", "ünïcödé 🧨"}).Draw(r, id)
			}
		}
	}
	return inputs
}

// excused tells whether a refusal is one that a sensible person can meet.
func excused(verb string, inputs map[string]string, t *ticket.Ticket, card shown) bool {
	switch {
	case verb == verbEscalateSave, verb == "decide.save" && inputs["choice"] == decideEscalate: // it leads on to the text
		return card.says("Nobody stands behind") || card.says("Preview") || t.Owner == nil
	case verb == "decide.save" && inputs["choice"] == decideFix:
		return card.says("Record the likely root cause first.")
	case verb == "class.save" || verb == "edit.save":
		return card.says("is like that already.")
	case verb == "link.save":
		return card.says("Write the number of the other ticket")
	case t.Owner == nil:
		return card.says("Take it first.")
	}
	return false
}
