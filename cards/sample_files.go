package cards

func sampleFiles(w Words) Files {
	remove := more("Remove", "files.remove")
	return Files{
		Words: w, Heading: "Files of T-1042", Title: "Invoices cannot be posted",
		Rows: []FileRow{
			{
				Name: "screenshot.png", Detail: "Picture · 412 KB · Ana Lima, 10:12",
				URL: "https://handrail.example.com/files/ABCDEFGHIJKLMNOPQRSTUVWXYZ", Get: "Get", Remove: &remove,
			},
			{
				Name: "posting-service_2026-11-23_all-three-sites.log", Detail: "Text · 24.9 MB · Kofi Mensah, 10:31",
				URL: "https://handrail.example.com/files/ABCDEFGHIJKLMNOPQRSTUVWXY2", Get: "Get",
			},
			{
				Name: sampleHostile, Detail: "Link · Ana Lima, Fri 20 Nov, 16:05",
				URL: "https://contoso.sharepoint.com/sites/desk/runbook.docx", Get: "Open", Remove: &remove,
			},
		},
		Note:    "A link to a file is good for 15 minutes, for whoever has it. Open this list again for a new one.",
		Buttons: []Button{press("Back", "ticket.show"), press("More", "files.show")},
	}
}

func sampleNoFiles(w Words) Files {
	return Files{
		Words: w, Heading: "Files of T-1042", Title: "Invoices cannot be posted",
		Empty:   "There are no files yet. Send one with the ticket's number in the message.",
		Buttons: []Button{press("Back", "ticket.show")},
	}
}

// sampleWhichTicket asks for which ticket files are.
func sampleWhichTicket(w Words) Form {
	return Form{
		Words: w, Heading: "For which ticket?", Intro: "On no ticket yet: **screenshot.png, posting.log and 2 more**",
		Fields: []Field{
			{ID: "choice", Kind: FieldChoice, Label: "One of your tickets", Value: "T-1042", Choices: []Choice{
				{"T-1042 Invoices cannot be posted", "T-1042"}, {"T-1043 Printer on floor 2 prints blank pages", "T-1043"},
			}},
			{ID: "words", Label: "Another ticket's number", Placeholder: "T-12", MaxLength: 20},
		},
		Buttons: []Button{press("Attach", "attach.save"), leave("New ticket", "intake.open"), leave("Later", "attach.later")},
	}
}
