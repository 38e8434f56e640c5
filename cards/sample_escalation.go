package cards

import (
	"encoding/json"
	"strings"
)

func (s *Set) escalationSamples(w Words) []sampleCard {
	return []sampleCard{
		{"escalation", func() (json.RawMessage, error) { return s.Escalation(sampleLead(w)) }},
		{"escalation-management", func() (json.RawMessage, error) { return s.Escalation(sampleManagement(w)) }},
		{"escalation-decided", func() (json.RawMessage, error) { return s.Escalation(sampleDecided(w)) }},
		{"escalation-late", func() (json.RawMessage, error) { return s.Escalation(sampleLateAnswer(w)) }},
	}
}

func sampleLead(w Words) Escalation {
	return Escalation{
		Words: w, Asked: "Help needed · asked by **Ana Lima**, 11:05", For: "For **Dev team** · beyond the owner's knowledge",
		Number: "T-1042", Customer: "Contoso Ltd", Title: "Invoices cannot be posted", Class: "Priority", ClassKey: "priority",
		Ask:  "Please mend the rounding of tax lines in last night's release.",
		Turn: "Waits for Kofi Annan (Dev team). Without an answer, the next one is asked at 12:05.",
		Parts: []TextPart{
			{Name: "Customer impact", Words: "12 users at 3 sites cannot post any invoice with two tax lines."},
			{Name: "Steps to reproduce", Words: "Open an invoice with two tax lines, press Post.\nIt answers “tax lines do not add up”."},
			{Name: "Error logs and screenshots", Words: "09:41 posting: sum of lines 119.01, expected 119.00"},
			{Name: "Urgency and impact", Words: "Priority: month-end closing is today."},
		},
		Files: "2 files: posting.log, error.png",
		State: "Step 3 of 7 · Diagnosis · Owner **Ana Lima**", Clock: "Customer update due in 3 h (14:10)",
		Buttons: []Button{
			press("Accept", "escalation.accept"), press("Need info", "escalation.ask.open"),
			more("Decline", "escalation.decline.open"), more("Reassign", "escalation.reassign.open"), more("Show ticket", "ticket.post"),
		},
		Fallback: "Ana Lima asks Dev team about T-1042 Invoices cannot be posted",
	}
}

func sampleManagement(w Words) Escalation {
	v := sampleLead(w)
	v.Asked, v.For = "Decision needed · asked by **Ana Lima**, 11:05", "For **Management** · needs approval, high business risk"
	v.Class, v.ClassKey, v.Ask = "Expedite", "expedite", "May we roll back last night's release?"
	v.Turn = "Waits for the answer to the question of Maria Sol."
	v.Trail = "Asked so far: Kofi Annan (Dev team) at 11:05, again at 11:20, Maria Sol (Management) at 11:35."
	v.Parts = []TextPart{
		{Name: "Situation", Words: "Since 09:40 no invoice with two tax lines can be posted. 31 users at 3 sites wait."},
		{Name: "Business impact", Words: "Month-end closing is today; about 400 invoices cannot go out."},
		{Name: "Options", Options: []TextOption{
			{Name: "Option 1:", Words: "Roll back now", Consequence: "20 minutes without service; the new tax report is gone until repaired"},
			{Name: "Option 2:", Words: "Repair forward", Consequence: "service stays, invoices wait until it is done"},
		}},
		{Name: "Recommendation", Words: "Roll back: the cause is known, the data is safe."},
		{Name: "Decision needed", Detail: "Decides: **Maria Sol**, by 12:00"},
	}
	v.Talk = []Exchange{
		{
			Asker: "**Maria Sol** asked, 11:37", Question: "Does the roll-back lose any posted invoice?",
			Replier: "**Ana Lima** answered, 11:40", Answer: "No.",
		},
		{Asker: "**Maria Sol** asked, 11:42", Question: "Who tells the customer?", Replier: "**Ana Lima** has not answered yet."},
	}
	v.Buttons[0] = press("Decide", "escalation.decide.open")
	return v
}

func sampleDecided(w Words) Escalation {
	v := sampleManagement(w)
	v.Outcome, v.Answer, v.Turn, v.Talk = "**✓** Decided by **Maria Sol**, 11:50", "Roll back now\nTell me when it is done.", "", nil
	v.Buttons = []Button{press("Show ticket", "ticket.post")}
	return v
}

func sampleLateAnswer(w Words) Escalation {
	v := sampleLead(w)
	v.Notice, v.Turn = "Kofi Annan accepted this at 11:12. Your click changed nothing.", "Kofi Annan accepted it, 11:12, and will give the result."
	v.Title, v.Ask = Text(Shorten(sampleHostile+strings.Repeat(" wrong", 40), 200)), Text(sampleHostile)
	v.Parts[0].Words = Text(Shorten(sampleHostile+"\n"+strings.Repeat("- a line and ", 40), 600))
	v.Clock, v.Late = "Customer update was due 10:40", true
	v.Buttons[0] = press("Result", "escalation.answer.open")
	return v
}
