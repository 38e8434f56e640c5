package cards

import "strings"

func sampleStatus(w Words) Status {
	return Status{
		Words: w, Number: "T-1042", Customer: "Contoso Ltd", Title: "Invoices cannot be posted",
		Class: "Expedite", ClassKey: "expedite",
		Who: "31 users · since 09:40 · owner **Ana Lima**", Step: "Step 4 of 7 · Resolution",
		Said: "Last night's release is being rolled back; invoices can be posted by hand meanwhile.", SaidWhen: "Written 11:12",
		Next: "**Next:** verify it, document the actions", Clock: "Customer update due in 3 h (14:10)",
		Updated: "Updated Mon 23 Nov, 11:14", Buttons: []Button{press("Show ticket", "ticket.post")},
		Fallback: "T-1042 Invoices cannot be posted: Resolution, Ana Lima",
	}
}

func sampleLateStatus(w Words) Status {
	v := sampleStatus(w)
	v.Class, v.ClassKey, v.Said, v.SaidWhen = "Priority", "priority", "", ""
	v.Clock, v.Late = "Customer update was due 10:40", true
	return v
}

func sampleClosedStatus(w Words) Status {
	v := sampleStatus(w)
	v.Closed, v.Step, v.Next, v.Clock = "Closed 16:20", "", "", ""
	return v
}

func sampleLongStatus(w Words) Status {
	v := sampleStatus(w)
	v.Customer, v.Title = Text(strings.Repeat("Ä", 120)), Text(Shorten(sampleHostile+strings.Repeat(" wrong", 40), 200))
	v.Said = Text(Shorten(sampleHostile+"\n"+strings.Repeat("a word and ", 60), 600))
	v.Who = "1000000 users · since Mon 23 Nov, 09:40 · owner **" + Escape(sampleHostile) + "**"
	return v
}

func sampleSummary(w Words) Digest {
	show := press("Show", "ticket.post")
	return Digest{
		Words: w, Heading: "What happened in the quiet hours", Subtitle: "2 tickets, 20:00–07:00",
		Lines: []DigestLine{
			{What: "**T-1042** Invoices cannot be posted: escalated to Management", Detail: "Priority · Diagnosis · Ana Lima", Button: &show},
			{What: "**T-1037** " + Escape(sampleHostile) + ": closed", Detail: "Standard · closed", Button: &show},
		},
		More: "and 3 more",
	}
}

func sampleFollowing(w Words) Digest {
	end := Button{Title: "End", Verb: "follow.end", Data: Data{Item: "all"}}
	return Digest{Words: w, Heading: "What is followed here", Lines: []DigestLine{
		{What: "Priority tickets and more urgent ones", Detail: "Ana Lima, Mon 23 Nov, 09:40", Button: &end},
		{What: "**T-1037** Night job stops after two hours", Detail: "Ben Okoro, 10:12", Button: &end},
		{What: "Quiet hours: 20:00–07:00 (Europe/Berlin)", Detail: "Ana Lima, 10:13", Button: &end},
	}}
}
