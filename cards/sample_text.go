package cards

func sampleDraft(w Words) Form {
	return Form{
		Words: w, Heading: "Text for engineers", Ticket: "T-1042 · Invoices cannot be posted",
		Intro: "A draft of Ana Lima, 10:40. Change what you like; nothing goes out before you have seen the whole. " +
			"Still missing: Steps to reproduce.",
		Fields: []Field{
			{
				ID: "text_impact", Kind: FieldLines, Label: "Customer impact", MaxLength: 4000,
				Value: "Invoices cannot be posted. Affected: 12 users at Contoso Ltd.\nSince this morning the button Post answers with an error.",
			},
			{
				ID: "text_steps", Kind: FieldLines, Label: "Steps to reproduce", MaxLength: 4000,
				Hint: "What did you do, what happened, what should have happened? Say so if it cannot be reproduced.",
			},
			{ID: "text_logs", Kind: FieldLines, Label: "Error logs and screenshots", MaxLength: 4000, Value: "09:40:12 ERROR tax: 12.34 != 12.35"},
			{
				ID: "text_urgency", Kind: FieldLines, Label: "Urgency and impact", MaxLength: 4000,
				Value: "Priority: 12 users, since Mon 23 Nov, 09:58.",
			},
			{
				ID: "text_effort", Kind: FieldLines, Label: "Expected effort, if known", MaxLength: 4000,
				Hint: "**Ben Okoro** wrote: A day, with the tests",
			},
			{
				ID: "files", Kind: FieldChoices, Label: "Files that go with it", Value: "3",
				Choices: []Choice{{"post-error.png", "3"}, {"tax.log", "4"}},
			},
		},
		Buttons: []Button{
			press("Preview", "draft.preview"), more("Keep for later", "draft.save"), leave("Cancel", "ticket.show"),
			{Title: "All texts", Verb: "draft.choose", Data: sampleData("dev"), Secondary: true, Bare: true},
		},
	}
}

func samplePreview(w Words) Form {
	return Form{
		Words: w, Heading: "Preview: Update for the customer", Ticket: "T-1042 · Invoices cannot be posted",
		Intro:    "So the customer will read it. Send it by the way that you use with them, then say so here.",
		Findings: []Finding{{"**“by 5 pm”**: it promises a time for the fix, and nobody can know that time", "Better: “We will update you by 5 pm”"}},
		Parts: []TextPart{
			{Words: "Hello,\n\nthank you for your patience with “Invoices cannot be posted”. We understand that it makes your work harder."},
			{Words: "We have found the likely cause."},
			{Words: "It will be fixed by 5 pm."},
			{Words: "You will hear from us by Tue 24 Nov, 11:00, and sooner if there is news."},
			{Words: "If you have any questions, please reply to this message and name T-1042.\n\nKind regards\nAna Lima"},
		},
		Fields: []Field{
			{ID: "way", Kind: FieldChoice, Label: "How have you sent it?", Required: true, Choices: []Choice{
				{"In the customer's ticket", "ticket"}, {"By mail", "mail"}, {"By phone", "phone"}, {"In a chat", "chat"},
			}},
			{ID: "note", Label: "A word about it, if you like", MaxLength: 500},
			{ID: "override", Kind: FieldLines, Label: "Send anyway because", MaxLength: 500},
		},
		Buttons: []Button{
			press("I sent it", "draft.send"), leave("Edit", "draft.open"), leave("Cancel", "ticket.show"),
			{Title: "As a message", Verb: "draft.copy", Data: sampleData("customer/update"), Secondary: true, Bare: true},
		},
	}
}

func sampleManagementText(w Words) Form {
	return Form{
		Words: w, Heading: "Preview: Text for management", Ticket: "T-1042 · Invoices cannot be posted", Intro: "So its readers will see it.",
		Parts: []TextPart{
			{Name: "Situation", Words: "Since 09:40 no invoice with two tax lines can be posted. 31 users at 3 sites wait."},
			{Name: "Business impact", Words: "Month-end closing is today; about 400 invoices cannot go out."},
			{Name: "Options", Options: []TextOption{
				{"Option 1:", "Roll back last night's release", "20 minutes without service, and the new tax report is gone until it is repaired"},
				{"Option 2:", sampleHostile, "Service stays, **invoices wait** until it is done"},
			}},
			{Name: "Recommendation", Words: "Option 1: the cause is known, and the data is safe."},
			{Name: "Decision needed", Words: "May we roll back last night's release?", Detail: "Decides: **Maria Silva**, by Mon 23 Nov, 13:00"},
			{Name: "Files", Words: "post-error.png"},
		},
		Buttons: []Button{leave("Edit", "draft.open"), leave("As a message", "draft.copy"), leave("Cancel", "ticket.show")},
	}
}

func sampleTexts(w Words) Digest {
	write := func(item string) *Button { return &Button{Title: "Write", Verb: "draft.open", Data: sampleData(item)} }
	return Digest{
		Words: w, Heading: "Texts of T-1042", Subtitle: "One set of facts fills each. You see the whole before it goes.",
		Lines: []DigestLine{
			{What: "**Update for the customer**", Detail: "Suggested now", Button: write("customer/update")},
			{What: "**Text for engineers**", Detail: "Draft of Ben Okoro, 10:40", Button: write("dev")},
			{What: "**Text for management**", Button: write("management")},
			{
				What: "Acknowledgement for the customer", Detail: "Sent by Ana Lima, 10:02 · In the customer's ticket",
				Button: &Button{Title: "See", Verb: "draft.see", Data: sampleData("7")},
			},
		},
		More: "Older texts stand in the history.", Buttons: []Button{press("Back", "ticket.show")},
	}
}

// sampleReady is a reminder that brings the text which is due.
func sampleReady(w Words) Reminder {
	v := sampleReminder(w)
	v.What = "The customer is due a word from us by 16:40."
	v.Ready = "The update is ready as a draft. Press Update to read it again, to change it and to say that you sent it:"
	v.Parts = samplePreview(w).Parts
	v.Buttons = []Button{
		press("Update", "draft.open"), press("Snooze", "snooze.open"), more("Hand over", "handover.open"), more("Show ticket", "ticket.post"),
	}
	return v
}
