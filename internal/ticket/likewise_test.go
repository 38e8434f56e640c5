package ticket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

// about gives a ticket of a customer.
func about(number int64, customer, title string) *ticket.Ticket {
	return &ticket.Ticket{ID: ticket.ID{Tenant: "desk", Number: number}, Customer: customer, Title: title}
}

func TestWordsAboutOneTicketBecomeThoseAboutAnother(t *testing.T) {
	t.Parallel()
	leader, follower := about(1, "Contoso Ltd", "VPN drops!"), about(12, "Bücher & Söhne", "Tunnel is down")
	for words, want := range map[string]string{
		"T-1 of Contoso Ltd: see t-1, not T-11 and not XT-1": "T-12 of Bücher & Söhne: see T-12, not T-11 and not XT-1",
		"We know that “VPN drops”, contoso ltd.":             "We know that “Tunnel is down”, Bücher & Söhne.",
		"Nothing of theirs": "Nothing of theirs",
	} {
		if got := ticket.Own(words, leader, follower); got != want {
			t.Errorf("%q became %q", words, got)
		}
	}
}

func TestNoCustomerReadsOfAnother(t *testing.T) {
	t.Parallel()
	own := about(2, "Fabrikam GmbH", "VPN drops at Fabrikam")
	mailed := about(4, "Northwind", "VPN")
	mailed.Gathered = map[ticket.FactID]ticket.Fact{ticket.FactAddress: {Words: "it@nw.example"}}
	others := []*ticket.Ticket{about(1, "Wide World GmbH", "VPN"), about(3, "Bücher Søren", "VPN"), mailed, about(5, "fabrikam gmbh", "VPN")}
	for words, want := range map[string]string{
		"Fabrikam GmbH, it is T-2.":               "",
		"A wide range of the world is affected":   "",
		"As we told Wide World GmbH":              "Wide World GmbH",
		"as we told wide world gmbh":              "wide world gmbh",
		"The people of Wide know it":              "Wide",
		"WORLD has it, too":                       "WORLD",
		"See T-1, please":                         "T-1",
		"See T-5, which is yours":                 "T-5",
		"Søren says so":                           "Søren",
		"We wrote to it@nw.example about it":      "it@nw.example",
		"Another GmbH of nobody":                  "",
		"T-22 and T-10 are none of these tickets": "",
	} {
		if got, leaks := ticket.Foreign(words, own, others); got != want || leaks != (want != "") {
			t.Errorf("in %q there is %q, want %q", words, got, want)
		}
	}
}

// offered gives what was offered for followers since the last look.
func (d *desk) offered() []ticket.Likewise {
	var offers []ticket.Likewise
	for _, task := range d.store.TakeTasks() {
		if offer, ok := task.Job.(ticket.OfferLikewise); ok {
			offers = append(offers, offer.What)
		}
	}
	return offers
}

func TestWhatAPersonDoesOnALeaderIsOfferedOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.opens("4"), d.opens("4")
	press := func() ticket.Press { return ticket.Press{ID: one, Place: thread} }
	status := func(c *ticket.Change) error { return c.WriteStatus("Half of it runs again.") }
	d.change(ana, press(), status)
	if got := d.offered(); len(got) > 0 {
		t.Errorf("%v is offered without a follower", got)
	}
	d.linked(two, one)
	keyed := press()
	keyed.Key = "once"
	d.change(ana, keyed, status)
	d.change(ana, keyed, status)
	if got := d.offered(); !slices.Equal(got, []ticket.Likewise{ticket.LikewiseStatus}) {
		t.Errorf("%v is offered", got)
	}
	d.change(ana, press(), func(c *ticket.Change) error { return c.CloseEarly("Solved") })
	d.change(ana, press(), func(c *ticket.Change) error { return c.Reopen("Not solved") })
	if got := d.offered(); !slices.Equal(got, []ticket.Likewise{ticket.LikewiseClose}) {
		t.Errorf("%v is offered, though no follower is closed", got)
	}
	d.change(ana, ticket.Press{ID: one}, status)
	if got := d.offered(); len(got) > 0 {
		t.Errorf("%v is offered where nobody can see it", got)
	}
}

func TestWhatIsDoneLikewiseIsDoneOnceAndOnWhatFollows(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.opens("4")
	other := withUsers("4")
	other.Customer = "Fabrikam"
	two := d.open(bo, other).ID
	if _, err := d.links(bo, two, one); err != nil {
		t.Fatal(err)
	}
	do := func(what ticket.Likewise, words string) error {
		return d.DoLikewise(t.Context(), ticket.DoLikewise{
			Tenant: two.Tenant, Number: two.Number, Leader: one.Number, Key: "likewise " + words, What: what, By: ana.Person, Words: words,
		})
	}
	for range 2 {
		if err := do(ticket.LikewiseStatus, "It runs again."); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(d.lines(two, ticket.EntryStatus), "status"); got != 1 {
		t.Errorf("the status is there %d times", got)
	}
	says(t, do(ticket.LikewiseStatus, "As at Contoso"), "error.likewise_names")
	if err := do(ticket.LikewiseSolution, "A new cable"); err != nil {
		t.Fatal(err)
	}
	if fact, _ := d.stored(two).Fact(ticket.FactSolution); fact.Words != "A new cable" || fact.Source.By.ID != ana.ID {
		t.Errorf("the solution is %+v", fact)
	}
	if got := d.lines(two, ticket.EntryLikewise); got != "likewise T-1>" {
		t.Errorf("the history has %q", got)
	}
	if err := do(ticket.LikewiseClose, "Closed with T-1"); err != nil {
		t.Fatal(err)
	}
	says(t, do(ticket.LikewiseStatus, "Too late"), "error.already_closed")
	if err := do(ticket.LikewiseReopen, "With T-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Unlink(t.Context(), bo, ticket.Press{ID: two}); err != nil {
		t.Fatal(err)
	}
	says(t, do(ticket.LikewiseStatus, "Elsewhere"), "error.likewise_parted")
}

func TestAFollowersTextPassesTheGuard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Guard = strict()
	one, two := d.opens("4"), d.opens("4")
	d.linked(two, one)
	body := ticket.DraftBody{Parts: map[ticket.PartID]string{}}
	for _, part := range ticket.TextUpdate.Parts() {
		body.Parts[ticket.PartID(part)] = "It is fixed by five."
	}
	err := d.DoLikewise(t.Context(), ticket.DoLikewise{
		Tenant: two.Tenant, Number: two.Number, Leader: one.Number, Key: "text", What: ticket.LikewiseText, By: ana.Person,
		Text: ticket.TextUpdate, Body: body, Way: ticket.ByTicket,
	})
	if _, held := errors.AsType[*ticket.Held](err); !held {
		t.Errorf("the guard lets it pass: %v", err)
	}
	if d.stored(two).CustomerToldAt != nil {
		t.Error("the customer counts as told")
	}
}
