package cards

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Sample is a card with made-up data.
type Sample struct {
	Name string
	Card json.RawMessage
}

// sampleCard draws a sample.
type sampleCard struct {
	name string
	draw func() (json.RawMessage, error)
}

// Samples draws every card with made-up data, the hard cases among them: long
// texts, hostile ones, a form with faults, a closed ticket.
func (s *Set) Samples() ([]Sample, error) {
	w := sampleWords()
	draws := []sampleCard{
		{"ticket", func() (json.RawMessage, error) { return s.Ticket(sampleTicket(w)) }},
		{"ticket-new", func() (json.RawMessage, error) { return s.Ticket(sampleNewTicket(w)) }},
		{"ticket-notice", func() (json.RawMessage, error) { return s.Ticket(sampleLateClick(w)) }},
		{"ticket-reader", func() (json.RawMessage, error) { return s.Ticket(sampleReader(w)) }},
		{"ticket-escalated", func() (json.RawMessage, error) { return s.Ticket(sampleEscalated(w)) }},
		{"ticket-wrote", func() (json.RawMessage, error) { return s.Ticket(sampleWrote(w)) }},
		{"ticket-closed", func() (json.RawMessage, error) { return s.Ticket(sampleClosed(w)) }},
		{"ticket-long", func() (json.RawMessage, error) { return s.Ticket(sampleLong(w)) }},
		{"form-intake", func() (json.RawMessage, error) { return s.Form(sampleIntake(w)) }},
		{"form-faults", func() (json.RawMessage, error) { return s.Form(sampleFaults(w)) }},
		{"form-item", func() (json.RawMessage, error) { return s.Form(sampleItemForm(w)) }},
		{"form-dialog", func() (json.RawMessage, error) { return s.Form(sampleDialog(w)) }},
		{"ticket-dialogs", func() (json.RawMessage, error) { return s.Ticket(sampleDialogs(w)) }},
		{"form-held", func() (json.RawMessage, error) { return s.Form(sampleHeld(w)) }},
		{"form-draft", func() (json.RawMessage, error) { return s.Form(sampleDraft(w)) }},
		{"form-preview", func() (json.RawMessage, error) { return s.Form(samplePreview(w)) }},
		{"form-preview-management", func() (json.RawMessage, error) { return s.Form(sampleManagementText(w)) }},
		{"digest-texts", func() (json.RawMessage, error) { return s.Digest(sampleTexts(w)) }},
		{"reminder-ready", func() (json.RawMessage, error) { return s.Reminder(sampleReady(w)) }},
		{"form-decide", func() (json.RawMessage, error) { return s.Form(sampleDecide(w)) }},
		{"form-assign", func() (json.RawMessage, error) { return s.Form(sampleAssign(w)) }},
		{"list", func() (json.RawMessage, error) { return s.List(sampleList(w)) }},
		{"list-long", func() (json.RawMessage, error) { return s.List(sampleLongList(w)) }},
		{"list-board", func() (json.RawMessage, error) { return s.List(sampleBoard(w)) }},
		{"list-empty", func() (json.RawMessage, error) { return s.List(sampleEmptyList(w)) }},
		{"history", func() (json.RawMessage, error) { return s.History(sampleHistory(w)) }},
		{"welcome", func() (json.RawMessage, error) { return s.Welcome(sampleWelcome(w, false)) }},
		{"welcome-local", func() (json.RawMessage, error) { return s.Welcome(sampleWelcome(w, true)) }},
		{"help", func() (json.RawMessage, error) { return s.Help(sampleHelp(w)) }},
		{"reminder", func() (json.RawMessage, error) { return s.Reminder(sampleReminder(w)) }},
		{"reminder-late", func() (json.RawMessage, error) { return s.Reminder(sampleLateReminder(w)) }},
		{"handover", func() (json.RawMessage, error) { return s.Handover(sampleHandover(w)) }},
		{"handover-long", func() (json.RawMessage, error) { return s.Handover(sampleLongHandover(w)) }},
		{"handover-stand-in", func() (json.RawMessage, error) { return s.Handover(sampleStandIn(w)) }},
		{"form-handover", func() (json.RawMessage, error) { return s.Form(sampleHandoverForm(w)) }},
		{"report", func() (json.RawMessage, error) { return s.Report(sampleReport(w)) }},
		{"report-empty", func() (json.RawMessage, error) { return s.Report(sampleEmptyReport(w)) }},
		{"files", func() (json.RawMessage, error) { return s.Files(sampleFiles(w)) }},
		{"files-empty", func() (json.RawMessage, error) { return s.Files(sampleNoFiles(w)) }},
		{"form-which-ticket", func() (json.RawMessage, error) { return s.Form(sampleWhichTicket(w)) }},
		{"notice", func() (json.RawMessage, error) { return s.Notice(sampleMoved(w)) }},
		{"notice-warning", func() (json.RawMessage, error) { return s.Notice(sampleTrouble(w)) }},
		{"status", func() (json.RawMessage, error) { return s.Status(sampleStatus(w)) }},
		{"status-late", func() (json.RawMessage, error) { return s.Status(sampleLateStatus(w)) }},
		{"status-closed", func() (json.RawMessage, error) { return s.Status(sampleClosedStatus(w)) }},
		{"status-long", func() (json.RawMessage, error) { return s.Status(sampleLongStatus(w)) }},
		{"digest-summary", func() (json.RawMessage, error) { return s.Digest(sampleSummary(w)) }},
		{"digest-following", func() (json.RawMessage, error) { return s.Digest(sampleFollowing(w)) }},
	}
	samples := make([]Sample, 0, len(draws))
	for _, d := range append(draws, slices.Concat(s.linkSamples(w), s.escalationSamples(w), s.lookupSamples(w), s.messageSamples(w))...) {
		card, err := d.draw()
		if err != nil {
			return nil, fmt.Errorf("cards: draw the sample %s: %w", d.name, err)
		}
		samples = append(samples, Sample{d.name, card})
	}
	return samples, nil
}

// sampleWords are the English words of the cards, as the bot's catalog has them.
func sampleWords() Words {
	return Words{
		markDone: "Done", markSkipped: "Skipped", markOpen: "To do",
		wordRequired: "Please fill this in", wordOptional: "Optional",
		"card.welcome.heading": "Hello, I am Handrail",
		"card.welcome.first":   "I walk a support ticket with you through seven steps, from its reception to what it teaches us.",
		"card.welcome.second":  "One card shows where the ticket is, what is missing and which clock comes next.",
		"card.welcome.third":   "Write **new** and what is wrong, or press a button to begin.",
		"card.welcome.local":   "Local mode: this Handrail checks nobody's identity, takes everyone for a lead and is meant for one machine only.",
		"card.report.classes":  "By class", "card.report.steps": "By step", "card.report.download": "Download as CSV",
		"card.help.heading": "What you can write",
		"card.help.intro":   "Capitals do not matter, and small typing errors are forgiven.",
	}
}

func sampleData(item string) Data {
	return Data{Ticket: "T-1042", Version: 17, Key: "T-1042.17", Item: item}
}

func press(title, verb string) Button {
	return Button{Title: title, Verb: verb, Data: sampleData("")}
}

func more(title, verb string) Button {
	return Button{Title: title, Verb: verb, Data: sampleData(""), Secondary: true}
}

func leave(title, verb string) Button {
	return Button{Title: title, Verb: verb, Data: sampleData(""), Bare: true}
}

func row(id, title, detail string) TicketItem {
	return TicketItem{Title: title, Detail: detail, Open: &Button{Title: title, Verb: "item.open", Data: sampleData(id)}}
}

func sampleTicket(w Words) Ticket {
	gather := row("gather", "Gather information and attachments", "Ana Lima, 10:12 · 2 files, the customer's answer")
	reproduce := row("reproduce", "Try to reproduce", "Ana Lima, 10:31 · Yes: “Post” fails for any invoice with two tax lines")
	logs := row("logs", "Review logs and monitoring", "Ana Lima, 10:33 · skipped: no access to the customer's tenant")
	gather.Done, reproduce.Done, logs.Skipped = true, true, true
	return Ticket{
		Words: w, Number: "T-1042", Customer: "Contoso Ltd", Title: "Invoices cannot be posted",
		Class: "Priority", ClassKey: "priority", ClassWhy: "Priority because 12 users are affected (5 to 25)",
		Owner:   "Owner **Ana Lima** · open for 3 h",
		Details: "Since this morning the button Post answers with “tax lines do not add up”. It worked yesterday. All three sites.",
		Files:   "**Files** screenshot.png, posting.log and 1 more", FilesOpen: &Button{Title: "Files", Verb: "files.show", Data: sampleData("")},
		StepCount: "Step 3 of 7", StepNumber: 3, StepName: "Diagnosis",
		Items: []TicketItem{
			gather, reproduce, logs,
			row("cause", "Likely root cause", "What you think is wrong, and why"),
			row("decide", "Decide: fix or escalate", ""),
		},
		MissingIntro: "Before Resolution:", Missing: "record the likely root cause, decide to fix or to escalate.",
		Clock: "Customer update due in 3 h (16:40)",
		Buttons: []Button{
			press("Root cause", "item.open"), press("Update", "customer.open"),
			more("Edit", "edit.open"), more("Class", "class.open"), more("History", "ticket.history"), more("Close early", "close.open"),
		},
		Speak:    "Ticket T-1042, Invoices cannot be posted. Priority. Step 3 of 7, Diagnosis. 2 things are missing.",
		Fallback: "T-1042 Invoices cannot be posted: Diagnosis, Ana Lima",
	}
}

func sampleNewTicket(w Words) Ticket {
	v := sampleTicket(w)
	logged := TicketItem{Title: "Ticket logged", Detail: "Ben Okoro, 09:58", Done: true}
	class := row("class", "Class of service", "Ben Okoro, 09:58 · Standard")
	class.Done = true
	v.Number, v.Title, v.Customer, v.Details = "T-1043", "Printer on floor 2 prints blank pages", "Fabrikam", "Only from Word."
	v.Class, v.ClassKey, v.ClassWhy = "Standard", "standard", "Standard because 1 user is affected (fewer than 5)"
	v.Owner, v.StepCount, v.StepNumber, v.StepName = "Nobody owns it yet · open for 2 min", "Step 1 of 7", 1, "Reception"
	v.Items = []TicketItem{logged, class, row("owner", "Owner", "Who looks after the ticket until it is closed")}
	v.MissingIntro, v.Missing = "Before Initial response:", "take the ticket or assign it."
	v.Clock = "Acknowledge the customer by 13:58"
	v.Buttons = []Button{press("Take", "ticket.take"), press("Assign", "assign.open"), more("Edit", "edit.open"), more("History", "ticket.history")}
	return v
}

func sampleLateClick(w Words) Ticket {
	v := sampleTicket(w)
	v.Notice = "Ana Lima completed this at 10:42; your click changed nothing. Here is the ticket as it is now."
	return v
}

// sampleReader is the card of somebody who may look and not touch.
func sampleReader(w Words) Ticket {
	v := sampleTicket(w)
	for i := range v.Items {
		v.Items[i].Open = nil
	}
	v.Buttons = []Button{press("History", "ticket.history")}
	return v
}

func sampleEscalated(w Words) Ticket {
	v := sampleTicket(w)
	cause := row("cause", "Likely root cause", "Ana Lima, 10:58 · Code: last night's release rounds each tax line")
	cause.Done = true
	v.Items[3] = cause
	v.Items[4].Detail, v.Items[4].Open = "Waits for the answer of Management", nil
	v.Class, v.ClassKey, v.ClassWhy = "Expedite", "expedite", "Expedite because 31 users are affected (more than 25) · fixed date Tue 24 Nov 12:00"
	v.Escalation = "Escalated to Management by Ana Lima, 11:05: may we roll back last night's release? It costs 20 minutes of service."
	v.Missing = "the answer of Management."
	v.Clock, v.Late = "Customer update was due 10:40 · snoozed until 12:00", true
	v.Attention = "Handrail cannot write to Ana Lima: the app is not installed for them. Ask them to add Handrail, or tell them yourself."
	v.Buttons[0] = press("Answer", "answer.open")
	return v
}

func sampleClosed(w Words) Ticket {
	v := sampleTicket(w)
	v.Closed = "Closed Mon 23 Nov 17:20 by Ana Lima: the customer confirmed that invoices post again."
	v.Owner, v.Items, v.Missing, v.MissingIntro, v.Clock = "Owner **Ana Lima** · was open for 7 h", nil, "", "", ""
	v.Class, v.ClassKey, v.ClassWhy = "Fixed deadline", "fixed", "Fixed deadline because it has to be done by Tue 24 Nov 12:00"
	v.Buttons = []Button{press("Reopen", "reopen.open"), press("History", "ticket.history")}
	v.Speak = "Ticket T-1042, Invoices cannot be posted. Closed."
	v.Fallback = "T-1042 Invoices cannot be posted: closed"
	return v
}

// sampleHostile is what people may type that a card must show as it stands.
const sampleHostile = "](http://x) <at>everyone</at> ${title} **bold** {{DATE(2026-11-23T00:00:00Z, SHORT)}} # &lt;b&gt; `x` \u202eabc"

func sampleLong(w Words) Ticket {
	long := strings.Repeat("Überweisungsauftragsbestätigung עברית 漢字 👩‍👩‍👧‍👦 ", 40)
	v := sampleEscalated(w)
	v.Notice = Text(Shorten(sampleHostile, 200))
	v.Title, v.Customer = Text(Shorten(sampleHostile+" "+long, 200)), Text(Shorten(long, 100))
	v.Details = Text(Shorten("- one\n- two\n\n    three\n"+long, 400))
	v.ClassWhy = "Expedite, set by **Ana**: " + Escape(Shorten(long, 140)) + " (by the rule it would be Standard)"
	v.Owner = "Owner **" + Escape(Shorten(long, 60)) + "** · open for 12 days"
	for len(v.Items) < 7 {
		v.Items = append(v.Items, row("extra"+strconv.Itoa(len(v.Items)), "Determine and apply the solution", ""))
	}
	for i := range v.Items {
		v.Items[i].Detail = "Ana Lima, 10:12 · " + Escape(Shorten(long, 140))
	}
	v.Escalation = Escape(Shorten(long, 280))
	v.Files = "**Files** " + Escape(Shorten(long, 240))
	v.Fallback, v.Speak = Shorten(long, 200), Shorten(long, 300)
	return v
}
