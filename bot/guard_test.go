package bot

import (
	"strings"
	"testing"

	"handrail/internal/ticket"
)

func TestATextForTheCustomerIsHeldUntilItIsChangedOrSomebodySaysWhyItGoes(t *testing.T) {
	t.Parallel()
	told := map[string]string{"choice": "mail", "words": "We have it. It will be fixed by 5 pm, **promised**."}
	for title, told := range map[string]map[string]string{"Acknowledge": told, "Update": told} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			card := newPlace(h, title)
			open := func() shown { return h.form(ana, card, title) }
			before := h.ticket(1)
			form := h.press(ana, open(), "Save", told).card.expect("“by 5 pm”", "promises a time for the fix", "“We will update you by 5 pm”")
			for id, want := range told {
				if got := text(form.inputs()[id]["value"]); got != want {
					t.Errorf("%s comes back as %q", id, got)
				}
			}
			if after := h.ticket(1); after.Version != before.Version {
				t.Fatalf("the ticket has changed: %+v", after)
			}
			// Other words go without a reason, and without a line that there was one.
			better := h.press(ana, form, "Save", map[string]string{"words": "We will update you by 5 pm."}).card
			if len(better.inputs()) > 0 || h.press(ana, better, "History", nil).card.says("in spite of") {
				t.Errorf("better words were held: %s", better.raw)
			}
			card = h.chat.message(card.id)
		})
	}
}

func TestAReasonLetsATextGoButNeverASecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := newPlace(h, "Update")
	form := h.form(ana, card, "Update")
	form = h.press(ana, form, "Save", map[string]string{"choice": "phone", "words": "Back by 5 pm. Your password: kX9#mm21"}).card.
		expect("take it out", "“••••”", "“by 5 pm”")
	if form.inputs()[ticket.FieldOverride] != nil {
		t.Error("a reason is asked for, which would not do")
	}
	data := form.merged(form.button("Save"), nil)
	data[ticket.FieldOverride] = "I know."
	form = h.execute(ana, form.id, "customer.save", data).card.expect("take it out")
	if got := text(form.inputs()[ticket.FieldOverride]["value"]); got != "I know." {
		t.Errorf("the reason comes back as %q", got)
	}
	form = h.press(ana, form, "Save", map[string]string{"words": "Back by 5 pm.", "override": strings.Repeat("x", ticket.MaxReason+1)}).card.
		expect("at most 500 characters; this has 501")
	card = h.press(ana, form, "Save", map[string]string{"override": "They *know* from us."}).card
	h.press(ana, card, "History", nil).card.expect("in spite of a time for the fix", `They \*know\* from us.`, "told the customer")
}

// newPlace gives the card of a ticket on which the button stands.
func newPlace(h *house, title string) shown {
	h.t.Helper()
	p := newWay(h).to("Initial response")
	if !p.card.offers(title) {
		p.to("Diagnosis")
	}
	return p.card
}

func TestAFindingIsExplainedInWords(t *testing.T) {
	t.Parallel()
	advice, err := Advise([]ticket.Finding{
		{Reason: "guard.fixed_time", Better: "guard.fixed_time.better_time", Language: "en", Args: map[string]any{"Words": "by 5 pm"}},
		{Reason: "guard.missing_part.contact", Better: "guard.missing_part.contact.better"},
	})
	if err != nil || len(advice) != 2 {
		t.Fatalf("got %v, %v", advice, err)
	}
	if !strings.Contains(advice[0].Reason, "time for the fix") || advice[0].Better != "“We will update you by 5 pm”" {
		t.Errorf("got %+v", advice[0])
	}
	if strings.HasPrefix(advice[1].Reason, "guard.") || strings.HasPrefix(advice[1].Better, "guard.") {
		t.Errorf("got %+v", advice[1])
	}
}
