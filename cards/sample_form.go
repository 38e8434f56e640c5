package cards

import "strings"

func sampleIntake(w Words) Form {
	return Form{
		Words: w, Heading: "New ticket",
		Intro: "Number of users, a fixed date, or both: they decide the class of service.",
		Fields: []Field{
			{
				ID: "title", Label: "What is wrong?", Placeholder: "Invoices cannot be posted", Required: true, MaxLength: 200,
				Value: "Invoices cannot be posted",
			},
			{ID: "customer", Label: "Customer", Placeholder: "Contoso Ltd", Required: true, MaxLength: 100},
			{
				ID: "details", Kind: FieldLines, Label: "Details", Placeholder: "What happens, since when, what was tried",
				Required: true, MaxLength: 4000,
			},
			{ID: "users", Label: "How many users are affected?", Placeholder: "A number, such as 12", MaxLength: 20},
			{ID: "date", Kind: FieldDate, Label: "Fixed date, if there is one"},
			{ID: "time", Kind: FieldTime, Label: "Time on that date, if it matters"},
			{ID: "take", Kind: FieldToggle, Heading: "Owner", Label: "I take it", Value: "true"},
		},
		Buttons: []Button{press("Open ticket", "intake.save"), leave("Cancel", "intake.cancel")},
	}
}

func sampleFaults(w Words) Form {
	v := sampleIntake(w)
	v.Problem = "Please mend what is marked below; nothing you typed is lost."
	v.Fields[0].Value = sampleHostile
	v.Fields[1].Value = "Contoso Ltd"
	v.Fields[2].Value = "Since this morning.\nAll three sites."
	v.Fields[3].Value, v.Fields[3].Error = "lots", "“lots” is not a number of users. Write a whole number such as 12."
	v.Fields[4].Value, v.Fields[4].Error = "2026-11-22", "The date is over. Choose today or later."
	v.Fields[5].Value = "2 pm"
	return v
}

func sampleItemForm(w Words) Form {
	return Form{
		Words: w, Heading: "Try to reproduce", Ticket: "T-1042 Invoices cannot be posted",
		Intro: "Can you make it happen yourself? Say how.",
		Fields: []Field{
			{ID: "choice", Kind: FieldChoice, Label: "Can you reproduce it?", Required: true, Value: "yes", Choices: []Choice{
				{"Yes, every time", "yes"}, {"Sometimes", "sometimes"}, {"No", "no"},
			}},
			{
				ID: "words", Kind: FieldLines, Label: "Evidence: text or a link", Required: true, MaxLength: 4000,
				Hint: "It stands on the card and in the history.",
			},
		},
		Buttons: []Button{press("Save", "item.save"), leave("Skip", "skip.open"), leave("Cancel", "ticket.show")},
	}
}

// sampleDialog is a form in a dialog, which has the heading as its title.
func sampleDialog(w Words) Form {
	v := sampleItemForm(w)
	v.Dialog, v.Buttons = true, v.Buttons[:2]
	return v
}

// sampleDialogs is a ticket whose forms open as dialogs.
func sampleDialogs(w Words) Ticket {
	v := sampleTicket(w)
	for i := range v.Items {
		if v.Items[i].Open != nil {
			v.Items[i].Open.Dialog = true
		}
	}
	for i := range v.Buttons {
		v.Buttons[i].Dialog = strings.HasSuffix(v.Buttons[i].Verb, ".open")
	}
	return v
}

func sampleHeld(w Words) Form {
	return Form{
		Words: w, Heading: "Acknowledge receipt", Ticket: "T-1042 Invoices cannot be posted",
		Intro:   "Tell the customer that you have their ticket and what happens next.",
		Problem: "Your customer should not read this as it stands. Change the words below, or say why it goes anyway.",
		Findings: []Finding{
			{
				"**“by 5 pm”**: it promises a time for the fix, and nobody can know that time",
				"Better: “We will update you by 5 pm”",
			},
			{"**“db-prod-03”**: it names a host of our own network", "Better: say what it is for: “our mail server”, “the database”"},
			{What: "and 2 more"},
		},
		Fields: []Field{
			{ID: "choice", Kind: FieldChoice, Label: "How did you tell them?", Required: true, Value: "mail", Choices: []Choice{
				{"In the ticket", "ticket"}, {"By mail", "mail"}, {"By phone", "phone"}, {"By chat", "chat"},
			}},
			{
				ID: "words", Kind: FieldLines, Label: "What did you tell the customer?", Required: true, MaxLength: 4000,
				Value: "Thank you for telling us. db-prod-03 will be back by 5 pm.",
			},
			{ID: "override", Kind: FieldLines, Label: "Send anyway because", MaxLength: 500},
		},
		Buttons: []Button{press("Save", "item.save"), leave("Cancel", "ticket.show")},
	}
}

func sampleDecide(w Words) Form {
	return Form{
		Words: w, Heading: "Decide: fix or escalate", Ticket: "T-1042 Invoices cannot be posted",
		Intro: "To fix it, say what you will do. To escalate, say what you ask for and why; if you leave open to whom, the reasons decide.",
		Fields: []Field{
			{ID: "choice", Kind: FieldChoice, Label: "Your decision", Required: true, Value: "escalate", Choices: []Choice{
				{"Fix it", "fix"}, {"Escalate it", "escalate"},
			}},
			{ID: "words", Kind: FieldLines, Label: "What will you do, or what do you ask for?", Required: true, MaxLength: 4000},
			{ID: "reasons", Kind: FieldChoices, Label: "Why escalate? (only when escalating)", Value: "approval,risk", Choices: []Choice{
				{"Beyond the owner's knowledge", "knowledge"}, {"Needs approval", "approval"}, {"High business risk", "risk"},
				{"Security or data concern", "security"},
			}},
			{ID: "level", Kind: FieldChoiceCompact, Label: "To whom? (only when escalating)", Value: "suggested", Choices: []Choice{
				{"As the reasons suggest", "suggested"}, {"Senior engineer", "senior"}, {"Dev or infra team", "dev"}, {"Management", "management"},
			}},
		},
		Buttons: []Button{press("Save", "decide.save"), leave("Cancel", "ticket.show")},
	}
}

func sampleAssign(w Words) Form {
	return Form{
		Words: w, Heading: "Assign the ticket", Ticket: "T-1043 Printer on floor 2 prints blank pages",
		Fields: []Field{
			{
				ID: "owner", Kind: FieldPerson, Label: "Owner", Required: true, Placeholder: "Search people", Hint: "They are told at once.",
				Value: "6f1d3c1e-0000-4000-8000-000000000001", Choices: []Choice{{"Ana Lima", "6f1d3c1e-0000-4000-8000-000000000001"}},
			},
			{ID: "reason", Kind: FieldLines, Label: "A word to them", MaxLength: 1000},
		},
		Buttons: []Button{press("Assign", "assign.save"), leave("Cancel", "ticket.show")},
	}
}
