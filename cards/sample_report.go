package cards

func sampleReport(w Words) Report {
	span := func(title, span string, secondary bool) Button {
		return Button{Title: title, Verb: "report.show", Data: Data{Span: span}, Secondary: secondary}
	}
	lines := func(moved, acknowledged, resolved, breaches string) []ReportLine {
		return []ReportLine{{"Tickets", moved}, {"Acknowledged", acknowledged}, {"Resolved", resolved}, {"Breaches", breaches}}
	}
	return Report{
		Words: w, Heading: "Report: 30 days", Subtitle: "From Sat 24 Oct, 10:42 to Mon 23 Nov, 10:42",
		Open: "214 tickets are open now.",
		Classes: []ReportCount{
			{"Expedite", "expedite", 2}, {"Fixed deadline", "fixed", 11}, {"Priority", "priority", 73}, {"Standard", "standard", 128},
		},
		Steps: []ReportCount{
			{"Reception", "", 31}, {"Initial response", "", 12}, {"Diagnosis", "", 64}, {"Resolution", "", 48},
			{"Communication", "", 20}, {"Follow-up", "", 33}, {"Trend analysis", "", 6},
		},
		Sections: []ReportSection{
			{"All classes", lines("902 opened, 871 closed", "half within 18 min, nine in ten within 2 h (884 tickets)",
				"half within 7 h, nine in ten within 4 days (860 tickets)", "17")},
			{"Expedite", lines("31 opened, 30 closed", "half within 6 min, nine in ten within 14 min (31 tickets)",
				"half within 3 h, nine in ten within 9 h (29 tickets)", "1")},
			{"Fixed deadline", lines("64 opened, 58 closed", "half within 20 min, nine in ten within 50 min (60 tickets)",
				"half within 3 days, nine in ten within 12 days (51 tickets)", "9")},
			{"Priority", lines("288 opened, 270 closed", "half within 15 min, nine in ten within 48 min (285 tickets)",
				"half within 5 h, nine in ten within 2 days (266 tickets)", "5")},
			{"Standard", lines("519 opened, 513 closed", "half within 40 min, nine in ten within 3 h (508 tickets)",
				"half within 11 h, nine in ten within 6 days (514 tickets)", "2")},
			{"Escalations", []ReportLine{
				{"Sent", "61"},
				{"Reasons", "Beyond the owner's knowledge: 38, Needs approval: 17, High business risk: 9, Security or data concern: 4"},
				{"Levels", "Senior engineer: 9, Dev team: 27, Infrastructure team: 6, Management: 19"},
				{"First answer", "half within 22 min, nine in ten within 2 h (58 tickets)"},
				{"Climbed", "13 of 61, 19 times in all"},
				{"Outcomes", "Answered: 38, Decided: 14, Declined: 4, Withdrawn: 2, Still open: 3"},
			}},
		},
		File: "https://handrail.contoso.example/reports/ABCDEFGHIJKLMNOPQRSTUVWXYZ.csv",
		Note: "The link to the file is good for 15 minutes.",
		Buttons: []Button{
			span("7 days", "7", false), span("30 days", "30", false), span("90 days", "90", true),
			span("This week", "this_week", true), span("Last month", "last_month", true),
		},
		Speak: "214 tickets are open now. In the period: opened 902, closed 871, promises broken 17.",
	}
}

func sampleEmptyReport(w Words) Report {
	v := sampleReport(w)
	v.Open, v.Classes, v.Steps, v.File = "No ticket is open now.", nil, nil, ""
	v.Sections = []ReportSection{{"All classes", []ReportLine{
		{"Tickets", "0 opened, 0 closed"}, {"Acknowledged", "none"}, {"Resolved", "none"}, {"Breaches", "0"},
	}}}
	v.Note = "The administrator can set HANDRAIL_URL to the public address of this bot: then a button here gives the tickets as a CSV file."
	v.Speak = "No ticket is open now. In the period: opened 0, closed 0, promises broken 0."
	return v
}
