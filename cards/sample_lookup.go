package cards

import (
	"encoding/json"
	"slices"
	"strings"
)

func (s *Set) lookupSamples(w Words) []sampleCard {
	return []sampleCard{
		{"form-article", func() (json.RawMessage, error) { return s.Form(sampleArticle(w)) }},
		{"lookup", func() (json.RawMessage, error) { return s.Lookup(sampleFound(w)) }},
		{"lookup-long", func() (json.RawMessage, error) { return s.Lookup(sampleFoundLong(w)) }},
		{"lookup-empty", func() (json.RawMessage, error) { return s.Lookup(sampleFoundNothing(w)) }},
		{"lookup-differences", func() (json.RawMessage, error) { return s.Lookup(sampleDifferences(w)) }},
		{"lookup-agrees", func() (json.RawMessage, error) { return s.Lookup(sampleAgreement(w)) }},
	}
}

func sampleArticle(w Words) Form {
	areas := []Choice{{"Code", "code"}, {"Infrastructure", "infrastructure"}, {"Configuration", "configuration"}, {"Not known yet", "unknown"}}
	return Form{
		Words: w, Heading: "Article", Ticket: "T-1042 · Invoices cannot be posted",
		Intro: "What the next one who meets this has to know. It is for the desk only, never for customers; secrets are masked when it is saved.",
		Fields: []Field{
			{ID: "title", Label: "Title", Required: true, MaxLength: 200, Value: "Invoices cannot be posted"},
			{
				ID: "symptom", Kind: FieldLines, Label: "Symptom", Required: true, MaxLength: 3000,
				Value: "The button Post answers with “tax lines do not add up”.\n\nPost an invoice with two tax lines",
			},
			{ID: "area", Kind: FieldChoiceCompact, Label: "Where does the cause lie?", Required: true, Value: "code", Choices: areas},
			{ID: "cause", Kind: FieldLines, Label: "Cause", MaxLength: 2000, Value: "Last night's release rounds each tax line"},
			{
				ID: "means", Kind: FieldChoice, Label: "Is it a fix or a workaround?", Required: true, Value: "fix",
				Choices: []Choice{{"A fix", "fix"}, {"A workaround", "workaround"}},
			},
			{ID: "solution", Kind: FieldLines, Label: "Solution", Required: true, MaxLength: 4000, Value: "Release 4.1.2 rounds the sum again."},
			{ID: "verification", Kind: FieldLines, Label: "How to verify it", MaxLength: 2000, Value: "Post the invoice again: it is accepted."},
		},
		Buttons: []Button{
			press("Save", "article.save"), leave("Cancel", "ticket.show"),
			{Title: "Skip", Verb: "skip.open", Data: sampleData("knowledge"), Secondary: true, Bare: true},
			{Title: "Already written", Verb: "item.open", Data: sampleData("knowledge"), Secondary: true, Bare: true},
		},
	}
}

func sampleFound(w Words) Lookup {
	use, read := press("Use as solution", "article.use"), press("Read", "article.read")
	return Lookup{
		Words: w, Heading: "Knowledge for T-1042", Subtitle: "Invoices cannot be posted",
		Rows: []LookupRow{
			{
				Title: "Tax lines do not add up", Detail: "Handrail · T-987 · Mon 2 Nov, 14:20 · also in Odoo",
				Text:    "Set the rounding to “globally” in the settings of accounting, and post again.",
				Buttons: []Button{use, read},
			},
			{
				Title: "Posting is refused at the end of a month", Detail: "Odoo · Tue 6 Oct, 09:02",
				Text: "The period is locked. Whoever keeps the accounts opens it again for an hour.",
				URL:  "https://odoo.example.com/mail/view?model=knowledge.article&res_id=31", Open: "In Odoo", Buttons: []Button{use},
			},
			{
				Title: "Printer prints blank invoices", Detail: "Handrail · T-1001 · Fri 13 Nov, 11:40 · Workaround",
				Text: "Install the driver again.", Buttons: []Button{use, read},
			},
		},
		Ask:     &LookupAsk{Label: "Other words", Value: "Invoices cannot be posted", Limit: 300},
		Buttons: []Button{press("Search", "article.find")},
	}
}

func sampleFoundLong(w Words) Lookup {
	v := sampleFound(w)
	long := strings.Repeat("Überweisungsauftragsbestätigung עברית 漢字 👩‍👩‍👧‍👦 ", 40)
	v.Rows = append(v.Rows, v.Rows[1], v.Rows[2])
	for i := range v.Rows {
		v.Rows[i].Buttons = slices.Clone(v.Rows[i].Buttons)
		v.Rows[i].Buttons[0].Data.Title = Shorten(long, 400)
		v.Rows[i].Title, v.Rows[i].Text = Text(Shorten(sampleHostile+" "+long, 200)), Text(Shorten(sampleHostile+" "+long, 200))
	}
	v.Subtitle = Text(Shorten(sampleHostile+" "+long, 300))
	v.Ask.Value = v.Subtitle
	v.Note = "Odoo has not answered in time: this is what Handrail itself has. Search again in a while."
	return v
}

func sampleFoundNothing(w Words) Lookup {
	return Lookup{
		Words: w, Heading: "Knowledge", Subtitle: "floppy disk",
		Empty:   "Nothing was found. Try fewer or other words.",
		Ask:     &LookupAsk{Label: "Other words", Value: "floppy disk", Limit: 300},
		Buttons: []Button{press("Search", "article.find")},
	}
}

func sampleDifferences(w Words) Lookup {
	open := press("Open ticket", "ticket.post")
	link := "https://odoo.example.com/mail/view?model=helpdesk.ticket&res_id=12"
	return Lookup{
		Words: w, Heading: "Handrail and Odoo", Subtitle: "3 of 1,204 tickets differ",
		Figures: []ReportLine{
			{"Open", "41 in Handrail, 40 in Odoo"}, {"Closed", "1,163 in Handrail, 1,163 in Odoo"}, {"Expedite", "2 in both"},
			{"In Progress", "22 in Handrail, 21 in Odoo"},
		},
		Rows: []LookupRow{
			{
				Title: "T-1042 Invoices cannot be posted", URL: link, Open: "In Odoo", Buttons: []Button{open},
				Detail: "Closed in Odoo (Solved), open here (Diagnosis). Close it here, or reopen it there.",
			},
			{
				Title: "T-1043 Printer on floor 2 prints blank pages", URL: link, Open: "In Odoo", Buttons: []Button{open},
				Detail: "In Odoo it is in “On hold”, here in Resolution. Move it in one of the two.",
			},
			{Title: "T-1044 VPN drops", Detail: "It is not in Odoo. Its card says what it waits for.", Buttons: []Button{open}},
		},
		File: "https://handrail.example.com/reports/ABCDEFGHIJKLMNOPQRSTUVWXYZ.csv", Get: "Download as CSV",
	}
}

func sampleAgreement(w Words) Lookup {
	return Lookup{
		Words: w, Heading: "Handrail and Odoo", Subtitle: "All 1,204 tickets agree",
		Figures: []ReportLine{{"Open", "41 in both"}, {"Closed", "1,163 in both"}},
		Note:    "Looked at 10:42.",
	}
}
