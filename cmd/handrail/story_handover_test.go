package main

import (
	"fmt"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

// owns fails the story unless the ticket belongs to the person with the id.
func (w *world) owns(id string, numbers ...int64) {
	w.t.Helper()
	for _, number := range numbers {
		if t := w.stored(number); t.Owner == nil || t.Owner.ID != id {
			w.t.Errorf("T-%d belongs to %+v", number, t.Owner)
		}
	}
}

func TestStoryAllTicketsAreHandedOverAndTheNewOwnerIsToldInPerson(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		home, group := w.reaches(kofi), w.GroupChat("Desk", "Ana Lima", "Kofi Annan")
		card := w.opens(ana, group, "Printers are silent", invoices())
		w.ticketIn(ticket.Diagnosis, ana)
		group.Says(ana, "handover @Kofi Annan Contoso is nervous", kofi)
		group.ExpectText("T-1, T-2 belong to Kofi Annan now. They get a card that says where each stands.")
		told := home.ExpectCard("Ana Lima hands 2 tickets over to you", "Contoso is nervous",
			"T-1 · Contoso", "Step 1 of 7: Reception", "The customer has not heard from us yet",
			"T-2 · Contoso", "Step 3 of 7: Diagnosis", "their next word is due by", "Customer update due in")
		saysNot(t, told.Text(), "<at>")
		card.Expect("Owner **Kofi Annan**")
		w.owns(kofi.ID, 1, 2)
		says(t, historyOf(kofi, card), "handed it over to Kofi Annan", "Contoso is nervous")

		told.Press(kofi, "T-2 Invoices cannot be posted")
		home.ExpectCard("T-2 ·", "Step 3 of 7", "Owner **Kofi Annan**")
		group.Says(ana, "handover @Kofi Annan", kofi)
		group.ExpectText("You own no open ticket, so there is nothing to hand over.")
		w.settle()
		counted(t, home, "hands 2 tickets over", 1)
	})
}

func TestStoryOfChosenTicketsOnlyThoseThatMayGo(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, lena := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person(lead)
		thread := w.Channel("Support", "Ana Lima").Thread()
		for range 3 {
			w.ticketIn(ticket.Reception, ana)
		}
		w.ticketIn(ticket.Reception, lena)
		// Kofi has no chat with the bot: he is mentioned where it was said.
		thread.Says(ana, "handover t-1,T-4 and #3, T-9 to @Kofi Annan", kofi)
		thread.ExpectText("T-1, T-3 belong to Kofi Annan now.", "T-4 belongs to Lena Lead. Only they, their stand-in or a lead can change it.",
			"There is no ticket T-9 here.")
		thread.ExpectCard("<at>Kofi Annan</at>", "hands 2 tickets over to you", "T-1 ·", "T-3 ·")
		w.owns(kofi.ID, 1, 3)
		w.owns(ana.ID, 2)
		w.owns(lena.ID, 4)
		// A lead may hand over what is another's, to themselves too.
		thread.Says(lena, "handover T-2 T-4 T-1 @Ana Lima", ana)
		thread.ExpectText("T-1, T-4 belong to Ana Lima now.", "T-2 already belongs to Ana Lima")
		w.owns(ana.ID, 1, 2, 4)
	})
}

func TestStoryAHandoverThatIsDeliveredAgainChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		home, group := w.reaches(kofi), w.GroupChat("Desk", "Ana Lima", "Kofi Annan")
		w.ticketIn(ticket.Reception, ana)
		w.ticketIn(ticket.Reception, ana)
		message := group.Activity("message", ana)
		message["text"] = "handover <at>Kofi Annan</at>"
		message["entities"] = []any{map[string]any{
			"type": "mention", "text": "<at>Kofi Annan</at>", "mentioned": map[string]any{"id": kofi.ID, "name": kofi.Name},
		}}
		deliver := func() {
			if d := w.Deliver(message); d.Status >= 300 {
				t.Errorf("answered %d", d.Status)
			}
		}
		together(deliver, deliver, deliver)
		w.settle()
		w.ticketIn(ticket.Reception, ana)
		deliver()
		w.settle()
		counted(t, home, "hands 2 tickets over to you", 1)
		if texts := group.Texts(); len(texts) != 1 {
			t.Errorf("the answers are %q", texts)
		}
		w.owns(kofi.ID, 1, 2)
		w.owns(ana.ID, 3)
		for number := range int64(2) {
			lines, err := w.desk().Store.History(t.Context(), ticket.ID{Tenant: w.Tenant(), Number: number + 1}, 0, 50)
			n := 0
			for _, line := range lines {
				if line.Kind == ticket.EntryHandedOver {
					n++
				}
			}
			if err != nil || n != 1 {
				t.Errorf("T-%d was handed over %d times, %v", number+1, n, err)
			}
		}
	})
}

func TestStoryTwoHandoversAtOnceDoNotBlockEachOther(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi, lena := w.Person("Ana Lima"), w.Person("Kofi Annan"), w.Person(lead)
		group := w.GroupChat("Desk", "Ana Lima", "Kofi Annan", lead)
		var there, back []string
		for n := range 12 {
			w.ticketIn(ticket.Reception, ana)
			there, back = append(there, fmt.Sprint("T-", n+1)), append(back, fmt.Sprint("T-", 12-n))
		}
		together(
			func() { group.Says(ana, "handover "+strings.Join(there, " ")+" @Kofi Annan", kofi) },
			func() { group.Says(lena, "handover "+strings.Join(back, " ")+" @"+lead, lena) },
		)
		w.settle()
		// Whoever came second: the lead may take what is Kofi's, Ana may not what is the lead's.
		w.owns(lena.ID, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	})
}

func TestStoryWithoutAMentionAHandoverAsksForThePerson(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		chat, home := w.reaches(ana), w.reaches(kofi)
		for range 3 {
			w.ticketIn(ticket.Reception, ana)
		}
		chat.Says(ana, "handover T-1 to kofi")
		chat.ExpectText("T-1 belongs to Kofi Annan now.")
		chat.Says(ana, "handover T-2 T-3")
		asked := chat.ExpectCard("Hand over", "T-2, T-3", "To whom?", "Kofi Annan")
		saysNot(t, asked.Text(), "Ana Lima")
		asked.Press(ana, "Hand over", form{"person": kofi.ID, "note": "Thank you"})
		home.ExpectCard("Ana Lima hands 2 tickets over to you", "Thank you")
		w.owns(kofi.ID, 1, 2, 3)
	})
}
