package cards

import (
	"slices"
	"strconv"
	"strings"
)

func sampleList(w Words) List {
	open := func(number string) Button {
		return Button{Title: "Open", Verb: "ticket.post", Data: Data{Ticket: number}}
	}
	return List{
		Words: w, Heading: "Board", Subtitle: "1 to 4 of 11 open tickets, the most urgent first",
		Groups: []ListGroup{{Rows: []ListRow{
			{
				Number: "T-1042", Title: "Invoices cannot be posted", Class: "Expedite", ClassKey: "expedite", Step: "Diagnosis",
				Detail: "Ana Lima · open for 3 h · Customer update was due 10:40", Open: open("T-1042"),
			},
			{
				Number: "T-1039", Title: "VAT return has to be sent before Tuesday noon", Class: "Fixed deadline", ClassKey: "fixed",
				Step: "Resolution", Detail: "Ben Okoro · open for 2 days · Fixed date in 26 h (Tue 24 Nov 12:00)", Open: open("T-1039"),
			},
			{
				Number: "T-1037", Title: "Night job stops after two hours", Class: "Priority", ClassKey: "priority", Step: "Initial response",
				Detail: "Ana Lima · open for 40 min · Acknowledge the customer by 11:02", Open: open("T-1037"),
			},
			{
				Number: "T-1043", Title: "Printer on floor 2 prints blank pages", Class: "Standard", ClassKey: "standard", Step: "Reception",
				Detail: "nobody yet · open for 2 min", Open: open("T-1043"),
			},
		}}},
		Buttons: []Button{{Title: "More", Verb: "list.show", Data: Data{List: "board", Page: 1}}},
	}
}

func sampleLongList(w Words) List {
	v := sampleList(w)
	v.Heading, v.Subtitle = "Search: "+sampleHostile, "8 tickets"
	rows := slices.Concat(v.Groups[0].Rows, v.Groups[0].Rows)
	for i := range rows {
		rows[i].Number = "T-" + strconv.Itoa(2000+i)
		rows[i].Title = Text(Shorten(sampleHostile+strings.Repeat(" wrong", 20), 90))
		rows[i].Detail += " · " + Escape(strings.Repeat("é ", 60))
	}
	v.Groups[0].Rows = rows
	v.Buttons = append(v.Buttons, v.Buttons[0])
	return v
}

// sampleBoard has a group for each class, and as many buttons as there can be.
func sampleBoard(w Words) List {
	v := sampleList(w)
	v.Subtitle = "1 to 8 of 214 open tickets, the most urgent first · as of 10:42"
	v.Steps = "Reception 31 · Initial response 12 · Diagnosis 64 · Resolution 48 · Communication 20 · Follow-up 33 · Trend analysis 6"
	rows, counts := slices.Concat(v.Groups[0].Rows, v.Groups[0].Rows), []string{"2 open", "11 open", "73 open", "128 open"}
	v.Groups = make([]ListGroup, len(counts))
	for i, row := range rows {
		group := &v.Groups[i%len(counts)]
		group.Class, group.ClassKey, group.Count = row.Class, row.ClassKey, counts[i%len(counts)]
		row.Number, row.Class, row.ClassKey = "T-"+strconv.Itoa(1000+i), "", ""
		group.Rows = append(group.Rows, row)
	}
	turn := func(title, filter string, page int) Button {
		return Button{Title: title, Verb: "list.show", Data: Data{List: "board", Filter: filter, Page: page}}
	}
	v.Buttons = []Button{
		turn("Previous", "", 1), turn("More", "", 3),
		turn("Mine", "mine", 0), turn("Late", "late", 0), turn("Unowned", "unowned", 0), turn("All", "all", 0),
	}
	for i := range v.Buttons[2:] {
		v.Buttons[2+i].Secondary = true
	}
	return v
}

func sampleEmptyList(w Words) List {
	return List{
		Words: w, Heading: "My tickets", Empty: "You own no open ticket. Look at the board for one to take.",
		Buttons: []Button{{Title: "Board", Verb: "list.show", Data: Data{List: "board"}}, {Title: "New ticket", Verb: "intake.open"}},
	}
}

func sampleHistory(w Words) History {
	v := History{
		Words: w, Heading: "History of T-1042", Title: "Invoices cannot be posted",
		Lines: []HistoryLine{
			{When: "11:05", Who: "Ana Lima", What: "escalated to Management", Note: "May we roll back last night's release?"},
			{When: "10:58", Who: "Ana Lima", What: "Likely root cause: done", Note: "Last night's release rounds each tax line."},
			{When: "10:33", Who: "Ana Lima", What: "Review logs and monitoring: skipped", Note: "No access to the customer's tenant"},
			{When: "10:02", Who: "Ben Okoro", What: "changed the class: Standard → Priority"},
			{When: "09:58", Who: "*Ben* <b>", What: "opened the ticket", Note: sampleHostile},
		},
		Buttons: []Button{press("Back", "ticket.show"), press("Older", "ticket.history")},
	}
	for len(v.Lines) < 12 {
		v.Lines = append(v.Lines, HistoryLine{When: "Sun 22 Nov 18:20", Who: "Ana Lima", What: "Reception → Initial response"})
	}
	return v
}

func sampleWelcome(w Words, local bool) Welcome {
	return Welcome{Words: w, Local: local, Buttons: []Button{
		{Title: "New ticket", Verb: "intake.open"},
		{Title: "Board", Verb: "list.show", Data: Data{List: "board"}},
		{Title: "Help", Verb: "help.show"},
	}}
}

func sampleHelp(w Words) Help {
	return Help{
		Words: w, Notice: "I do not know “opne T-1”. Did you mean “show T-1”?",
		Commands: []HelpCommand{
			{"new What is wrong", "Open a ticket"},
			{"my tickets", "The open tickets that you own"},
			{"board", "All open tickets; add mine, unowned, late, escalated, a class or a word to look for"},
			{"show T-1", "The live card of a ticket"},
			{"take T-1", "Make a ticket yours"},
			{"assign T-1 @name", "Give a ticket to somebody"},
			{"handover @name", "Give your open tickets to somebody"},
			{"away until Monday", "Say that you are away and who stands in"},
			{"back", "Say that you are back"},
			{"follow expedite", "Be told here: all tickets, a class and up, or one"},
			{"unfollow", "Be told no longer, of all or of one"},
			{"following", "What is followed here, and the quiet hours"},
			{"status T-1", "Write how a ticket stands, for all who follow it"},
			{"quiet 20:00-07:00", "Hours in which only Expedite tickets are told here"},
			{"report", "How the desk did; add a number of days, this week or last month"},
			{"help", "What you can write"},
		},
		Buttons: []Button{
			{Title: "New ticket", Verb: "intake.open"},
			{Title: "Board", Verb: "list.show", Data: Data{List: "board"}},
			{Title: "My tickets", Verb: "list.show", Data: Data{List: "mine"}, Secondary: true},
		},
	}
}

func sampleReminder(w Words) Reminder {
	return Reminder{
		Words: w, What: "The customer is due a word from us by 16:40.", Mention: &Mention{ID: "29:1ana", Name: "Ana Lima"},
		Number: "T-1042", Title: "Invoices cannot be posted", Class: "Priority", ClassKey: "priority", Detail: "Owner **Ana Lima** · open for 22 h",
		Buttons: []Button{
			press("Update", "customer.open"), press("Snooze", "snooze.open"), more("Hand over", "handover.open"), more("Show ticket", "ticket.post"),
		},
		Fallback: "T-1042 Invoices cannot be posted: Diagnosis, Ana Lima",
	}
}

func sampleLateReminder(w Words) Reminder {
	v := sampleReminder(w)
	v.What, v.Breach = "The customer has waited for a word from us since 10:40: the update is overdue.", true
	v.Mention = &Mention{ID: "29:1kofi", Name: "Kofi *the lead* <at>Mensah</at>"}
	v.Class, v.ClassKey = "Expedite", "expedite"
	return v
}

func sampleMoved(w Words) Notice {
	return Notice{
		Words: w, Heading: "This card has moved", Sentence: "T-1042 is shown further below.",
		Buttons: []Button{press("Open", "ticket.post")},
	}
}

func sampleTrouble(w Words) Notice {
	return Notice{
		Words: w, Warning: true,
		Sentence: "Something went wrong on our side; nothing was lost. Please try again in a minute. (reference 7f3a)",
		Buttons:  []Button{press("Try again", "ticket.show"), {Title: "Help", Verb: "help.show"}},
	}
}
