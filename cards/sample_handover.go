package cards

import (
	"strconv"
	"strings"
)

func sampleHandover(w Words) Handover {
	open := func(number string) Button {
		return Button{Title: "Show ticket", Verb: "ticket.post", Data: Data{Ticket: number}}
	}
	return Handover{
		Words: w, Heading: "Ana Lima hands 2 tickets over to you", Mention: &Mention{ID: "29:1kofi", Name: "Kofi Annan"},
		Note: "Contoso is nervous: please call them first.",
		Rows: []HandoverRow{
			{
				Number: "T-1042", Customer: "Contoso Ltd", Title: "Invoices cannot be posted", Class: "Expedite", ClassKey: "expedite",
				Step: "Step 3 of 7: Diagnosis", Stands: "Before Resolution: the answer of Management.",
				Promised: "The customer last heard from us 10:40; their next word is due by Tue 24 Nov, 10:40. " +
					"Escalated to Management by Ana Lima, 11:05: may we roll back last night's release?",
				Clock: "Customer update was due 10:40", Late: true, Open: open("T-1042"),
			},
			{
				Number: "T-1039", Customer: "Fabrikam", Title: "VAT return has to be sent before Tuesday noon", Class: "Fixed deadline",
				ClassKey: "fixed", Step: "Step 2 of 7: Initial response", Stands: "Before Diagnosis: acknowledge receipt.",
				Promised: "The customer has not heard from us yet. The fixed date is Tue 24 Nov, 12:00.",
				Clock:    "Acknowledge the customer by 11:02", Open: open("T-1039"),
			},
		},
		Buttons: []Button{{Title: "My tickets", Verb: "list.show", Data: Data{List: "mine"}}},
	}
}

func sampleLongHandover(w Words) Handover {
	v := sampleHandover(w)
	long := strings.Repeat("Überweisungsauftragsbestätigung עברית 漢字 ", 12)
	v.Note, v.Mention.Name = Text(Shorten(sampleHostile, 300)), sampleHostile
	for len(v.Rows) < 8 {
		v.Rows = append(v.Rows, v.Rows[0])
	}
	for i := range v.Rows {
		v.Rows[i].Number = "T-" + strconv.Itoa(1042+i)
		v.Rows[i].Title, v.Rows[i].Customer = Text(Shorten(sampleHostile+long, 90)), Text(Shorten(long, 60))
		v.Rows[i].Stands, v.Rows[i].Promised = Escape(Shorten(long, 160)), Escape(Shorten(long, 240))
	}
	v.More = "And 12 more: write my tickets"
	return v
}

func sampleStandIn(w Words) Handover {
	v := sampleHandover(w)
	v.Heading, v.Note, v.Mention = "You stand in for Ana Lima until Mon 30 Nov, 09:00", "", nil
	v.Intro = "What reminds them comes to you, and you may change their tickets as they may."
	return v
}

func sampleHandoverForm(w Words) Form {
	return Form{
		Words: w, Heading: "Hand over", Ticket: "T-1042 Invoices cannot be posted",
		Intro: "The new owner is told where each ticket stands, what is promised and what comes next.",
		Fields: []Field{
			{
				ID: "person", Kind: FieldChoiceFiltered, Label: "To whom?", Required: true, Placeholder: "Type a name",
				Choices: []Choice{{"Kofi Annan", "29:1kofi"}, {sampleHostile, "29:1x"}},
			},
			{ID: "note", Kind: FieldLines, Label: "A word to them", MaxLength: 1000},
		},
		Buttons: []Button{press("Hand over", "handover.save"), leave("Cancel", "ticket.show")},
	}
}
