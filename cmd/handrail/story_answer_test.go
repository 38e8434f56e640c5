package main

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// routed has a lead put people behind a level in a conversation.
func (w *world) routed(chat *teamstest.Conversation, level ticket.Level, people ...*teamstest.Person) {
	w.t.Helper()
	said := "route " + string(level) + " here"
	for _, who := range people {
		said += " @" + who.Name
	}
	chat.Says(w.Person(lead), said, people...).ExpectText("is asked from now on")
	w.settle()
}

// escalated has the owner of T-1 escalate it with a text that was written.
func (w *world) escalated(owner *teamstest.Person, to ticket.Escalating, parts map[ticket.PartID]string) {
	w.t.Helper()
	text := ticket.Draft{ID: ticket.ID{Tenant: w.Tenant(), Number: 1}, Reader: to.Level.Reader(), By: w.actor(owner).Person, At: w.clock.Now()}
	sent := w.clock.Now()
	text.Parts, text.Options, text.Level, text.Reasons, text.SentAt = parts, to.Options, to.Level, to.Reasons, &sent
	err := w.desk().Store.InTx(w.t.Context(), func(tx ticket.Tx) error { return tx.SaveDraft(w.t.Context(), &text) })
	if err != nil {
		w.t.Fatal(err)
	}
	to.Text = text.DraftID
	w.changes(1, owner, func(c *ticket.Change) error { return c.Escalate(to) })
}

// helpDev is an escalation to the team of developers.
func helpDev() ticket.Escalating {
	return ticket.Escalating{Level: ticket.Dev, Reasons: []ticket.Reason{ticket.BeyondKnowledge}, Ask: "Please mend the rounding of tax lines."}
}

// rollBack is an escalation to management.
func rollBack() ticket.Escalating {
	return ticket.Escalating{
		Level: ticket.Management, Reasons: []ticket.Reason{ticket.NeedsApproval, ticket.BusinessRisk}, Ask: "May we roll back the release?",
		Options: []ticket.Option{
			{Words: "Roll back now", Consequence: "20 minutes without service"},
			{Words: "Repair forward", Consequence: "invoices wait"},
		},
	}
}

func impact() map[ticket.PartID]string {
	return map[ticket.PartID]string{ticket.PartImpact: "31 users cannot post invoices."}
}

func TestStoryTheDevTeamAcceptsAsksAndGivesTheResult(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, maria := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person("Maria Sol")
		home, channel := w.reaches(ana), w.Channel("Dev", "Kofi Annan", "Maria Sol", lead)
		w.routed(channel, ticket.Dev, kofi, maria)
		w.ticketIn(ticket.Diagnosis, ana)
		live := shows(ana, home, "T-1")
		w.escalated(ana, helpDev(), impact())

		card := channel.ExpectCard("Help needed", "Ana Lima", "T-1 · Contoso", "Please mend the rounding", "31 users cannot post",
			"Waits for Kofi Annan (Dev team).", "Without an answer, the next one is asked at", "Step 3 of 7 · Diagnosis")
		live.Expect("Escalated to Dev team", "Waits for Kofi Annan")
		accepted := card.Press(kofi, "Accept")
		says(t, accepted.Text(), "Kofi Annan accepted it", "will give the result")
		w.settle()
		home.ExpectText("Kofi Annan accepted the escalation of T-1")
		card.Expect("Kofi Annan accepted it")
		says(t, card.Press(maria, "Reassign").Text(), "Hand it on")
		says(t, card.Press(maria, "Cancel").Text(), "Result")

		asked := card.Press(kofi, "Need info")
		again := asked.Press(kofi, "Send", form{"words": "\u2800"})
		says(t, again.Text(), "nothing you typed is lost")
		again.Press(kofi, "Send", form{"words": "Which <at>release</at> was it?"})
		w.settle()
		told := home.ExpectCard("Kofi Annan has a question", "Which", "was it?")
		saysNot(t, texts(told), "<at>release")
		live.Expect("Waits for the answer to the question of Kofi Annan")
		reply := told.Press(ana, "Answer question")
		says(t, reply.Text(), "Kofi Annan asks: Which")
		reply.Press(ana, "Send", form{"words": "Release 7.3"})
		w.settle()
		card.Expect("asked", "answered", "Release 7.3")
		channel.ExpectText("<at>Kofi Annan</at>, Ana Lima has answered your question", "Release 7.3")
		result := card.Press(kofi, "Result")
		result.Press(kofi, "Send", form{"words": "Mended in 7.4"})
		w.settle()
		home.ExpectText("Kofi Annan has answered the escalation of T-1", "Mended in 7.4")
		over := card.Expect("Answered by **Kofi Annan**", "Mended in 7.4")
		if got := over.Buttons(); len(got) != 1 || got[0] != "Show ticket" {
			t.Errorf("one that has ended offers %q", got)
		}
		live.Expect("Dev team answered", "Mended in 7.4")
		says(t, historyOf(ana, live), "accepted the escalation", "asked for information", "answered the question of Kofi Annan", "recorded the answer of Dev team")
	})
}

func TestStoryManagementDecidesAndTheDecisionIsWordedBack(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, maria := w.Person("Ana Lima"), w.Person("Maria Sol")
		home, group := w.reaches(ana), w.GroupChat("Management", "Maria Sol", lead)
		w.routed(group, ticket.Management, maria)
		w.ticketIn(ticket.Diagnosis, ana)
		live := shows(ana, home, "T-1")
		w.escalated(ana, rollBack(), map[ticket.PartID]string{ticket.PartSituation: "No invoice can be posted."})
		card := group.ExpectCard("Decision needed", "May we roll back the release?", "Management", "needs approval, high business risk")
		choose := card.Press(maria, "Decide")
		says(t, choose.Text(), "Roll back now → 20 minutes without service", "Repair forward → invoices wait")
		again := choose.Press(maria, "Decide", form{"option": "7", "words": "Tell me when *done*"})
		says(t, again.Text(), "Choose one of the options", "Tell me when *done*")
		again.Press(maria, "Decide", form{"option": "1"})
		w.settle()
		home.ExpectText("Maria Sol has answered the escalation of T-1", "Roll back now", "Tell me when")
		card.Expect("Decided by **Maria Sol**", "Roll back now", "Tell me when")
		live.Expect("Maria Sol decided for Management", "Roll back now")
		says(t, live.Press(ana, "To do: Decide: fix or escalate").Text(), "Roll back now")
	})
}

func TestStoryAnEscalationIsDeclinedOrHandedOn(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, maria := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person("Maria Sol")
		home, own := w.reaches(ana), w.reaches(kofi)
		dev, infra := w.GroupChat("Dev", "Kofi Annan", "Maria Sol", lead), w.GroupChat("Infra", "Maria Sol", lead)
		w.routed(dev, ticket.Dev, kofi)
		w.routed(infra, ticket.Infra, maria)
		w.ticketIn(ticket.Diagnosis, ana)
		w.escalated(ana, helpDev(), impact())
		first := dev.ExpectCard("Waits for Kofi Annan")
		sheet := first.Press(kofi, "Reassign")
		says(t, sheet.Press(kofi, "Reassign").Text(), "Choose a person")
		says(t, sheet.Press(kofi, "Reassign", form{"level": "security"}).Text(), "Nobody stands behind Security team yet")
		sheet.Press(kofi, "Reassign", form{"level": "infra", "note": "It is the load balancer."})
		w.settle()
		second := infra.ExpectCard("Help needed", "For **Infrastructure team**", "Waits for Maria Sol (Infrastructure team)")
		first.Expect("For **Infrastructure team**", "Waits for Maria Sol (Infrastructure team)")
		second.Press(maria, "Reassign").Press(maria, "Reassign", form{"person": kofi.ID})
		w.settle()
		own.ExpectCard("Help needed", "Waits for Kofi Annan (Infrastructure team) in a chat of their own")
		no := second.Press(maria, "Decline")
		says(t, no.Press(maria, "Decline", form{"reason": "\u2800"}).Text(), "Write the reason")
		no.Press(maria, "Decline", form{"reason": "It is not ours"})
		w.settle()
		home.ExpectText("Maria Sol declined the escalation of T-1", "It is not ours")
		first.Expect("Declined by **Maria Sol**", "It is not ours")
	})
}

func TestStoryOnlyWhoIsAskedAnswersAndOthersAreToldSo(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, zoe := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person("Zoe Out")
		w.reaches(ana)
		dev := w.GroupChat("Dev", "Kofi Annan", "Zoe Out", "Ana Lima", lead)
		w.routed(dev, ticket.Dev, kofi)
		w.ticketIn(ticket.Diagnosis, ana)
		w.escalated(ana, helpDev(), impact())
		card := dev.ExpectCard("Waits for Kofi Annan")
		for _, title := range []string{"Accept", "Need info", "Decline", "Reassign"} {
			for _, who := range []*teamstest.Person{zoe, ana} {
				says(t, clickOf(t, card, title).by(t, who).Text(), "Only those who are asked (Kofi Annan) and leads can answer this.")
			}
		}
		for _, verb := range []string{"escalation.decline.save", "escalation.decide.save", "escalation.answer.save", "escalation.reassign.save"} {
			forged := clickOf(t, card, "Accept").with("reason", "x").with("words", "x").with("option", "1").with("person", zoe.ID).with("verb", verb)
			forged.verb = verb
			says(t, forged.by(t, zoe).Text(), "Only those who are asked")
		}
		for _, item := range []any{"", "0", "-1", "2", "99999999999999999999", map[string]any{}} {
			says(t, clickOf(t, card, "Accept").with("item", item).by(t, kofi).Text(), "not of this ticket")
		}
		if e := w.stored(1).Escalations[0]; !e.Open() || e.AcceptedBy != nil || e.FirstAnswerAt != nil {
			t.Errorf("the escalation is %+v", e)
		}
		says(t, card.Press(w.Person(lead), "Accept").Text(), "Lena Lead accepted it")
	})
}

func TestStoryEverybodyWhoIsAskedInAConversationCanAnswerThere(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, zoe, out := w.Person("Ana Lima"), w.Person("Zoe Any"), w.Person("Max Out")
		w.reaches(ana)
		dev, other := w.GroupChat("Dev", "Zoe Any", lead), w.GroupChat("Other", "Max Out")
		w.routed(dev, ticket.Dev)
		w.ticketIn(ticket.Diagnosis, ana)
		w.escalated(ana, helpDev(), impact())
		card := dev.ExpectCard("Waits for everybody in the conversation of Dev team")
		other.Says(out, "show T-1")
		elsewhere := other.ExpectCard("T-1 · Contoso")
		forged := clickOf(t, card, "Accept")
		forged.card = elsewhere
		says(t, forged.by(t, out).Text(), "Only the people behind Dev team and leads")
		says(t, card.Press(zoe, "Accept").Text(), "Zoe Any accepted it")
	})
}

func TestStoryOfTwoLeadsWhoAnswerAtOnceOneWins(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, maria := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person("Maria Sol")
		w.reaches(ana)
		dev := w.GroupChat("Dev", "Kofi Annan", "Maria Sol", lead)
		w.routed(dev, ticket.Dev, kofi, maria)
		w.ticketIn(ticket.Diagnosis, ana)
		w.escalated(ana, helpDev(), impact())
		card := dev.ExpectCard("Waits for Kofi Annan")
		accept, decline := clickOf(t, card, "Accept"), clickOf(t, card, "Decline")
		decline.verb = "escalation.decline.save"
		decline = decline.with("verb", decline.verb).with("reason", "Not ours")
		var one, other string
		together(func() { one = accept.by(t, kofi).Text() }, func() { other = accept.by(t, maria).Text() })
		if strings.Count(one+other, "Your click changed nothing") != 1 || strings.Count(one+other, "accepted it") != 2 {
			t.Errorf("they see\n%s\nand\n%s", one, other)
		}
		w.settle()
		together(func() { one = decline.by(t, kofi).Text() }, func() { other = decline.by(t, maria).Text() })
		if strings.Count(one+other, "Your click changed nothing") != 1 || strings.Count(one+other, "Declined by") != 1 {
			t.Errorf("they see\n%s\nand\n%s", one, other)
		}
		says(t, one+other, "declined this at 10:")
		w.settle()
		says(t, accept.by(t, w.Person(lead)).Text(), "declined this at 10:")
	})
}

func TestStoryWhoLeftTheConversationIsSkippedAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, maria := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person("Maria Sol")
		home, dev := w.reaches(ana), w.GroupChat("Dev", "Maria Sol", lead)
		w.routed(dev, ticket.Dev, kofi, maria)
		w.ticketIn(ticket.Diagnosis, ana)
		live := shows(ana, home, "T-1")
		w.escalated(ana, helpDev(), impact())
		dev.ExpectCard("Waits for Maria Sol")
		counted(t, dev, "Help needed", 1)
		live.Expect("Kofi Annan cannot be asked: they are not in the conversation any more")
	})
}

func TestStoryAnEscalationThatHasEndedInTheNightIsNotPostedInTheMorning(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		w.reaches(ana)
		dev := w.GroupChat("Dev", "Kofi Annan", lead)
		w.routed(dev, ticket.Dev, kofi)
		dev.Says(kofi, "quiet 9:00-12:00")
		dev.ExpectText("From now on it is quiet here")
		w.ticketIn(ticket.Diagnosis, ana)
		w.escalated(ana, helpDev(), impact())
		w.changes(1, ana, func(c *ticket.Change) error { return c.Withdraw("Found it") })
		w.passes(3 * time.Hour)
		counted(t, dev, "Help needed", 0)
	})
}
