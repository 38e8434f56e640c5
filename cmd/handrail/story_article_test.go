package main

import (
	"strings"
	"testing"

	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// withLibrary gives a world with a knowledge base in Odoo, and the way to it.
func withLibrary(story func(t *testing.T, w *world, library *tickettest.Library)) (prepare func(w *world), told func(t *testing.T, w *world)) {
	prepare = func(w *world) { w.library = tickettest.NewLibrary(aMonday()) }
	return prepare, func(t *testing.T, w *world) {
		library, ok := w.library.(*tickettest.Library)
		if !ok {
			t.Fatalf("the library is a %T", w.library)
		}
		story(t, w, library)
	}
}

// writes has a person write the article of a ticket in Follow-up from its card.
func writes(w *world, who *teamstest.Person, chat *teamstest.Conversation, with form) {
	w.t.Helper()
	w.ticketIn(ticket.FollowUp, who)
	sheet := shows(who, chat, "T-1").Press(who, "To do: Knowledge base entry")
	sheet.Press(who, "Save", with)
	w.settle()
}

func TestStoryAnArticleIsWrittenFromTheFactsAndFoundFromAnotherTicket(t *testing.T) {
	prepare, told := withLibrary(func(t *testing.T, w *world, library *tickettest.Library) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.ticketIn(ticket.FollowUp, ana)
		card := shows(ana, chat, "T-1")
		sheet := card.Press(ana, "To do: Knowledge base entry")
		for id, want := range map[string]string{
			"title": "Invoices cannot be posted", "symptom": "Since Monday, error 4711\n\ndone before", "solution": "done before", "means": "fix", "area": "code",
		} {
			if got := filled(sheet)[id]; got != want {
				t.Errorf("the form's %s is %q, want %q", id, got, want)
			}
		}
		wrong := sheet.Press(ana, "Save", form{"title": "\u2060", "solution": strings.Repeat("x", 4001)})
		says(t, wrong.Text(), "Write what is wrong, in a few words.", "at most 4000 characters; this has 4001")
		wrong.Press(ana, "Save", form{"title": "Tax lines do not add up", "solution": "Round the sum. password: kX9#mm21", "verification": "Post again"})
		w.settle()
		card.Expect("Tax lines do not add up")
		pages := library.Pages()
		if len(pages) != 1 {
			t.Fatalf("there are %d pages in Odoo", len(pages))
		}
		says(t, pages[0], "Tax lines do not add up", "Symptom\nSince Monday", "Fix\nRound the sum.", "••••", "From ticket T-1 of Handrail, written by Ana Lima")
		saysNot(t, pages[0], "kX9#mm21")
		says(t, historyOf(ana, shows(ana, chat, "T-1")), "wrote the article “Tax lines do not add up”", "put the article into Odoo")

		library.Add("How tax is rounded", "See the settings of accounting")
		w.ticketOf(ticket.Intake{Title: "Tax is wrong", Customer: "Fabrikam", Details: "By a cent", Users: "3"}, ticket.Diagnosis, ana)
		shows(ana, chat, "T-2").Press(ana, "Search knowledge")
		w.settle()
		found := chat.ExpectCard("Knowledge for T-2", "Tax lines do not add up", "Handrail · T-1", "also in Odoo", "How tax is rounded", "Odoo · ")
		saysNot(t, found.Text(), "Odoo is being asked", "kX9#mm21")
		whole := found.Press(ana, "Read")
		says(t, whole.Text(), "Symptom", "Since Monday, error 4711", "in Odoo")
		says(t, whole.Press(ana, "Use as solution").Text(), "It is kept as the solution to try")
		if fact := w.stored(2).Gathered[ticket.FactSolution]; !strings.Contains(fact.Words, "Round the sum.") || !strings.Contains(fact.Words, "(T-1)") {
			t.Errorf("the solution is %+v", fact)
		}
	})
	onEachWith(t, prepare, told)
}

func TestStoryAFoundSolutionFillsTheFormOfTheSolution(t *testing.T) {
	prepare, told := withLibrary(func(t *testing.T, w *world, library *tickettest.Library) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		library.Add("Invoices and tax", "Set the rounding to globally")
		w.ticketIn(ticket.Resolution, ana)
		chat.Says(ana, "find T-1")
		w.settle()
		found := chat.ExpectCard("Knowledge for T-1", "Invoices and tax")
		sheet := found.Press(ana, "Use as solution")
		if got, _ := filled(sheet)["words"].(string); !strings.Contains(got, "Set the rounding to globally") || !strings.Contains(got, "https://odoo.example.com/knowledge/1") {
			t.Errorf("the form says %q", got)
		}
		sheet.Press(ana, "Save", form{"choice": "fix"})
		w.settle()
		if mark := w.stored(1).Marks[ticket.ItemSolution]; !strings.Contains(mark.Words, "Set the rounding") || mark.State != ticket.Done {
			t.Errorf("the solution is %+v", mark)
		}
	})
	onEachWith(t, prepare, told)
}

func TestStoryAnArticleIsInOdooOnceWhateverBecomesOfTheAnswer(t *testing.T) {
	prepare, told := withLibrary(func(t *testing.T, w *world, library *tickettest.Library) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		library.Lose()
		library.Fail(ticket.RecordBusy)
		library.Lose()
		writes(w, ana, chat, form{"title": "Tax"})
		if pages := library.Pages(); len(pages) != 1 {
			t.Fatalf("there are %d pages in Odoo: %q", len(pages), pages)
		}
		again := chat.Says(ana, "article T-1").ExpectCard("Article", "It stands")
		says(t, again.Press(ana, "Save", form{"solution": "Round the sum"}).Text(), "The article of T-1 is kept.")
		w.settle()
		if pages := library.Pages(); len(pages) != 1 || !strings.Contains(pages[0], "Round the sum") {
			t.Errorf("the pages are %q", pages)
		}
		says(t, chat.Says(ana, "article T-1").ExpectCard("Article", "Round the sum").Press(ana, "Save").Text(), "T-1 is like that already.")
	})
	onEachWith(t, prepare, told)
}

func TestStoryAnArticleThatWasChangedInOdooIsLeftThere(t *testing.T) {
	prepare, told := withLibrary(func(t *testing.T, w *world, library *tickettest.Library) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		writes(w, ana, chat, form{"title": "Tax"})
		library.Edit("Tax", "What Ben knows better")
		chat.Says(ana, "article T-1").ExpectCard("Article").Press(ana, "Save", form{"solution": "Ours"})
		w.settle()
		if pages := library.Pages(); len(pages) != 1 || !strings.Contains(pages[0], "What Ben knows better") {
			t.Errorf("the pages are %q", pages)
		}
		chat.ExpectText("is not in Odoo as you wrote it")
		says(t, historyOf(ana, shows(ana, chat, "T-1")), "Somebody has changed it in Odoo since", "Ours")
		says(t, chat.Says(ana, "find ours").ExpectCard("Look for", "Handrail · T-1").Text(), "Ours")
	})
	onEachWith(t, prepare, told)
}

func TestStoryAnArticleWithoutAKnowledgeBaseStaysHere(t *testing.T) {
	prepare, told := withLibrary(func(t *testing.T, w *world, library *tickettest.Library) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		library.Absent()
		writes(w, ana, chat, form{"title": "Tax"})
		history := historyOf(ana, shows(ana, chat, "T-1"))
		says(t, history, "wrote the article “Tax”")
		saysNot(t, history, "in Odoo")
		chat.Says(ana, "find tax")
		w.settle()
		chat.ExpectCard("Look for", "Tax", "Handrail · T-1")
	})
	onEachWith(t, prepare, told)
}

func TestStoryAnArticleIsPutIntoOdooOnceTheRightIsThere(t *testing.T) {
	prepare, told := withLibrary(func(t *testing.T, w *world, library *tickettest.Library) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		library.Fail(ticket.RecordRights)
		writes(w, ana, chat, form{"title": "Tax"})
		says(t, historyOf(ana, shows(ana, chat, "T-1")), "wrote the article “Tax”", "may not write articles")
		if pages := library.Pages(); len(pages) != 0 {
			t.Errorf("the pages are %q", pages)
		}
		chat.Says(ana, "article T-1").ExpectCard("Article", "may not write articles").Press(ana, "Save")
		w.settle()
		if pages := library.Pages(); len(pages) != 1 {
			t.Errorf("the pages are %q", pages)
		}
	})
	onEachWith(t, prepare, told)
}

func TestStoryASearchShowsItsOwnWhereOdooDoesNotAnswer(t *testing.T) {
	prepare, told := withLibrary(func(t *testing.T, w *world, library *tickettest.Library) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		writes(w, ana, chat, form{"title": "Tax"})
		library.Stick()
		chat.Says(ana, "find tax")
		chat.ExpectCard("Knowledge", "Handrail · T-1", "Odoo is being asked, too.")
		w.settle()
		chat.ExpectCard("Knowledge", "Handrail · T-1", "Odoo has not answered in time")
	})
	onEachWith(t, prepare, told)
}

func TestStoryASearchTakesAnyWords(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		writes(w, ana, chat, form{"title": "Tax"})
		for written, answer := range map[string]string{
			`find %_'"\`:                        "There is no word to look for",
			"find nothing of the kind":          "Nothing was found.",
			"find " + strings.Repeat("ä", 9995): "Nothing was found.",
			"find *tax* <b>":                    "Handrail · T-1",
			"find t-99 tax":                     "T-99",
		} {
			chat.Says(ana, written)
			w.settle()
			if answer == "T-99" {
				chat.ExpectText(answer)
				continue
			}
			chat.ExpectCard("Knowledge", answer)
		}
		chat.Says(ana, "find")
		chat.ExpectText("Write what to look for")
		card := chat.Says(ana, "find printer").ExpectCard("Nothing was found.")
		card.Press(ana, "Search", form{"words": "tax"})
		w.settle()
		card.Expect("Handrail · T-1")
	})
}

func TestStoryAStrangerWritesNoArticle(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, ben, chat := w.Person("Ana Lima"), w.Person("Ben Okoro"), w.GroupChat("Desk", "Ana Lima", "Ben Okoro")
		w.ticketIn(ticket.FollowUp, ana)
		save := clickOf(t, shows(ana, chat, "T-1").Press(ana, "To do: Knowledge base entry"), "Save")
		says(t, save.by(t, ben).Text(), "Ana Lima")
		w.settle()
		if mark, marked := w.stored(1).Marks[ticket.ItemKnowledge]; marked {
			t.Errorf("the entry is %+v", mark)
		}
	})
}
