package cards

import "encoding/json"

// linkSamples draws the cards of tickets that are linked.
func (s *Set) linkSamples(w Words) []sampleCard {
	return []sampleCard{
		{"ticket-follows", func() (json.RawMessage, error) { return s.Ticket(sampleFollower(w)) }},
		{"ticket-leads", func() (json.RawMessage, error) { return s.Ticket(sampleLeader(w)) }},
		{"form-likewise", func() (json.RawMessage, error) { return s.Form(sampleLikewise(w)) }},
	}
}

// sampleFollower is the card of a ticket about the trouble of another one.
func sampleFollower(w Words) Ticket {
	v := sampleNewTicket(w)
	v.Links = "**Follows T-1042** Invoices cannot be posted · Priority · Step 3 of 7: Diagnosis"
	v.LinksOpen = &Button{Title: "Leading ticket", Verb: "ticket.post", Data: sampleData("")}
	return v
}

// sampleLeader is the card of a ticket that others follow.
func sampleLeader(w Words) Ticket {
	v := sampleTicket(w)
	v.ClassWhy = "Priority because 19 users are affected (5 to 25), 7 of them by 6 linked tickets"
	v.Links = "**Followed by** T-1043 Fabrikam, T-1044 Wide World Importers, T-1047 Northwind (closed), T-1048 Adventure Works, " +
		"T-1050 Tailspin Toys, +2"
	v.LinksOpen = &Button{Title: "Linked tickets", Verb: "link.show", Data: sampleData("")}
	return v
}

// sampleLikewise offers to send a text to the customers of the tickets that follow one.
func sampleLikewise(w Words) Form {
	text := func(customer string) Text {
		return Text("Hello,\n\nthank you for your patience with “VPN drops at " + customer + "”.\n\nWe have replaced the gateway.")
	}
	return Form{
		Words: w, Heading: "Update for the customer of T-1042: also for the tickets that follow it?", Ticket: "T-1042 · VPN drops at Contoso",
		Intro: "Choose who gets it. Each customer gets a text of their own, as it stands here; nobody reads of another customer.",
		Parts: []TextPart{
			{Name: "T-1043 Fabrikam", Words: text("Fabrikam")},
			{
				Name: "T-1044 Northwind", Words: text("Northwind"),
				Detail: "It is kept on T-1044 for you to send, as Handrail cannot send it in the same way.",
			},
			{
				Name: "T-1047 Adventure Works", Words: text("Adventure Works") + " Fabrikam has it already.",
				Detail: "Not offered: the words name Fabrikam. Write it on T-1047 itself.",
			},
		},
		Fields: []Field{{
			ID: "likewise", Kind: FieldChoices, Label: "Also for", Required: true,
			Choices: []Choice{{"T-1043 Fabrikam", "1043"}, {"T-1044 Northwind", "1044"}},
		}},
		Buttons: []Button{press("Also do it", "likewise.save"), leave("Not these", "likewise.leave")},
	}
}
