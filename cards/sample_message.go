package cards

import (
	"encoding/json"
	"strings"
)

func (s *Set) messageSamples(w Words) []sampleCard {
	return []sampleCard{
		{"message", func() (json.RawMessage, error) { return s.Message(sampleMessage(w)) }},
		{"message-answered", func() (json.RawMessage, error) { return s.Message(sampleAnsweredMessage(w)) }},
		{"message-closed", func() (json.RawMessage, error) { return s.Message(sampleClosedMessage(w)) }},
		{"message-long", func() (json.RawMessage, error) { return s.Message(sampleLongMessage(w)) }},
	}
}

func sampleMessage(w Words) Message {
	return Message{
		Words: w, Mention: &Mention{ID: "29:ana", Name: "Ana Lima"}, Wrote: "**Carla Costa** wrote in Odoo, 10:42",
		Number: "T-1042", Customer: "Contoso Ltd", Title: "Invoices cannot be posted",
		Text:  "Hello,\n\nsince this morning it also happens with credit notes. The screenshot shows the message.\n\nCarla",
		Files: "**Files** credit-note.png", State: "Waits for an answer",
		Buttons:  []Button{press("Answer", "message.answer.open"), press("Show ticket", "ticket.post")},
		Fallback: "Carla Costa wrote on T-1042 Invoices cannot be posted",
	}
}

func sampleAnsweredMessage(w Words) Message {
	v := sampleMessage(w)
	v.Mention, v.State, v.Settled = nil, "The customer was answered, 11:02", true
	v.Buttons = []Button{press("Show ticket", "ticket.post")}
	return v
}

func sampleClosedMessage(w Words) Message {
	v := sampleMessage(w)
	v.Files, v.State = "", "The ticket is closed. Reopen it to answer."
	v.Buttons = []Button{press("Reopen", "reopen.open"), press("Show ticket", "ticket.post")}
	return v
}

func sampleLongMessage(w Words) Message {
	v := sampleMessage(w)
	v.Notice = "Only Ana Lima, who owns T-1042, may do this."
	v.Wrote = "**" + Escape(sampleHostile) + "** wrote in Odoo, Mon 23 Nov, 10:42"
	v.Customer, v.Title = Text(strings.Repeat("Ä", 120)), Text(Shorten(sampleHostile+strings.Repeat(" wrong", 40), 200))
	v.Text = Text(Shorten(sampleHostile+"\n<script>alert(1)</script>\n| a | b |\n"+strings.Repeat("a word and ", 500), 1500))
	v.More = "The whole message is in Odoo: [HT00012](https://odoo.example/mail/view?model=helpdesk.ticket&res_id=12)"
	return v
}

func sampleWrote(w Words) Ticket {
	v := sampleTicket(w)
	v.Wrote = "The customer wrote 12 min ago (10:42) and waits for an answer."
	return v
}
