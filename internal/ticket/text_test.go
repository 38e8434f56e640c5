package ticket_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/ticket"
)

// wholeUpdate is a text for the customer that has all its parts.
func wholeUpdate(id ticket.ID) ticket.Draft {
	d := ticket.Draft{ID: id, Reader: ticket.ForCustomer, Kind: ticket.TextUpdate}
	d.Parts = map[ticket.PartID]string{}
	for _, part := range ticket.Parts(d.Reader, d.Kind) {
		d.Parts[part] = "We say: " + string(part)
	}
	return d
}

func TestTheNewestOfEvidenceAndTextTellsAFact(t *testing.T) {
	t.Parallel()
	earlier, later := time.Unix(100, 0), time.Unix(200, 0)
	ticketWith := func(evidence, written time.Time) *ticket.Ticket {
		return &ticket.Ticket{
			Details: "Error 500",
			Marks: map[ticket.ItemID]ticket.Mark{
				ticket.ItemReproduce: {State: ticket.Done, Evidence: ticket.Evidence{Words: "evidence", Files: []int64{3}}, At: evidence},
				ticket.ItemLogs:      {State: ticket.Skipped, Evidence: ticket.Evidence{Words: "no access"}, At: evidence},
			},
			Gathered: map[ticket.FactID]ticket.Fact{ticket.FactSteps: {Words: "written", Source: ticket.Source{At: written, Reader: ticket.ForDev}}},
		}
	}
	if got, ok := ticketWith(earlier, later).Fact(ticket.FactSteps); !ok || got.Words != "written" {
		t.Errorf("what was written later is %+v", got)
	}
	got, _ := ticketWith(later, earlier).Fact(ticket.FactSteps)
	if diff := cmp.Diff(ticket.Fact{Words: "evidence", Files: []int64{3}, Source: ticket.Source{At: later, Item: ticket.ItemReproduce}}, got); diff != "" {
		t.Errorf("evidence that came later: %s", diff)
	}
	if got, ok := ticketWith(later, earlier).Fact(ticket.FactLogs); ok {
		t.Errorf("a reason to skip is no fact: %+v", got)
	}
	if got, ok := ticketWith(later, earlier).Fact(ticket.FactImpact); !ok || got.Words != "Error 500" {
		t.Errorf("the intake tells %+v", got)
	}
}

func TestATextNamesWhatItMisses(t *testing.T) {
	t.Parallel()
	at := time.Unix(100, 0)
	d := ticket.Draft{Reader: ticket.ForManagement}
	d.Parts = map[ticket.PartID]string{"situation": "x", "business_impact": " ", "recommendation": "x", "decision": "x"}
	d.Options = []ticket.Option{{Words: "One", Consequence: "One"}, {}}
	want := []ticket.PartID{ticket.PartBusinessImpact, ticket.PartOptions, ticket.PartDecision}
	if diff := cmp.Diff(want, d.Missing()); diff != "" {
		t.Error(diff)
	}
	d.Parts["business_impact"], d.Decider, d.DecideBy, d.Options[1] = "x", "Maria", &at, ticket.Option{Words: "Two", Consequence: "Two"}
	if got := d.Missing(); len(got) > 0 {
		t.Errorf("it misses %v", got)
	}
	dev := ticket.Draft{Reader: ticket.ForDev}
	if got := dev.Missing(); len(got) != 4 {
		t.Errorf("an empty text for engineers misses %v; the effort is told if it is known", got)
	}
}

func TestATextThatWasSentStartsTheCustomersClockAndIsKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	opened := d.open(ana, opening("open"))
	text := wholeUpdate(opened.ID)
	press := func(key string) ticket.Press { return ticket.Press{ID: opened.ID, Key: key} }
	kept := d.change(ana, press("keep"), func(c *ticket.Change) error { return c.Keep(&text, nil) })
	if kept.Version != opened.Version || text.DraftID == 0 || text.Version != 1 {
		t.Errorf("a text in work made version %d of the ticket and %d of itself", kept.Version, text.Version)
	}
	d.now = d.now.Add(time.Hour)
	sent := d.change(ana, press("send"), func(c *ticket.Change) error { return c.SendToCustomer(&text, ticket.ByPhone, "called") })
	if sent.CustomerToldAt == nil || !sent.CustomerToldAt.Equal(d.now) {
		t.Errorf("the customer was told at %v", sent.CustomerToldAt)
	}
	texts, err := d.store.Texts(t.Context(), opened.ID, 9)
	if err != nil || len(texts) != 1 || texts[0].Whole != text.Text() || texts[0].Way != ticket.ByPhone || texts[0].Note != "called" {
		t.Errorf("the texts are %+v (%v)", texts, err)
	}
	again := text
	again.SentAt = nil
	_, err = d.Change(t.Context(), ana, press("again"), func(c *ticket.Change) error { return c.SendToCustomer(&again, ticket.ByPhone, "") })
	if ticket.KindOf(err) != ticket.Stale {
		t.Errorf("sent again: %v", err)
	}
}

func TestWhoComesSecondLosesNeitherTextNorFact(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	opened := d.open(ana, opening("open"))
	keep := func(by ticket.Actor, words string) error {
		text := ticket.Draft{ID: opened.ID, Reader: ticket.ForDev}
		text.Parts = map[ticket.PartID]string{ticket.PartEffort: words}
		_, err := d.Change(t.Context(), by, ticket.Press{ID: opened.ID, Key: words + by.ID}, func(c *ticket.Change) error {
			return c.Keep(&text, map[ticket.FactID]ticket.Fact{ticket.FactEffort: {Words: words}})
		})
		return err
	}
	lead := ana
	lead.Lead, lead.Person = true, ticket.Person{ID: "29:lead", Name: "Lea"}
	if err := errors.Join(keep(lead, "Two days"), keep(lead, "Two days")); err != nil {
		t.Fatal(err)
	}
	if err := keep(ana, "One day"); ticket.KindOf(err) != ticket.Stale {
		t.Errorf("the second is answered with %v", err)
	}
	if fact := d.stored(opened.ID).Gathered[ticket.FactEffort]; fact.Words != "Two days" || fact.Source.By.ID != lead.ID || fact.Source.Reader != ticket.ForDev {
		t.Errorf("the fact is %+v", fact)
	}
}

func TestATextForTheCustomerIsHeldForWhatIsInItAndForWhatIsNot(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Guard = strict()
	opened := d.open(ana, opening("open"))
	text := wholeUpdate(opened.ID)
	text.Parts["contact"] = ""
	_, err := d.Change(t.Context(), ana, ticket.Press{ID: opened.ID, Key: "k"}, func(c *ticket.Change) error {
		return c.SendToCustomer(&text, ticket.ByMail, "")
	})
	var held *ticket.Held
	if !errors.As(err, &held) || len(held.Findings) != 1 || held.Findings[0].Part != ticket.PartContact || held.Final() {
		t.Fatalf("got %v", err)
	}
	text.Parts["contact"] = strings.Repeat("x", ticket.MaxPart+1)
	if faults := text.Check(); len(faults) != 1 || faults[0].Field != "text_contact" || faults[0].Message != "error.part_long" {
		t.Errorf("a part that is too long: %v", faults)
	}
	text.Parts["contact"] = strings.Repeat("x", ticket.MaxPart)
	if faults := text.Check(); len(faults) != 1 || faults[0].Message != "error.text_long" {
		t.Errorf("a text that is too long: %v", faults)
	}
}
