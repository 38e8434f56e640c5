package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/outlook/outlooktest"
	"handrail/internal/teams/teamstest"
	"handrail/internal/ticket"
)

// stands puts people behind a level; its cards go to the conversation.
func (w *world) stands(level ticket.Level, chat *teamstest.Conversation, people ...*teamstest.Person) {
	w.t.Helper()
	place := ticket.Place{Tenant: w.Tenant(), Conversation: chat.Root(), Thread: chat.ThreadID()}
	w.knows(place)
	by := w.actor(w.Person(lead))
	by.Lead = true
	route := ticket.Route{Place: place, Level: level}
	for _, person := range people {
		route.People = append(route.People, w.actor(person).Person)
	}
	if _, err := w.desk().SetRoute(w.t.Context(), by, route); err != nil {
		w.t.Fatalf("put people behind %s: %v", level, err)
	}
}

// escalates has the owner of a ticket escalate it.
func (w *world) escalates(number int64, owner *teamstest.Person, level ticket.Level) {
	w.t.Helper()
	w.changes(number, owner, func(c *ticket.Change) error {
		return c.Escalate(ticket.Escalating{Level: level, Reasons: []ticket.Reason{ticket.BeyondKnowledge}, Ask: "Which flag is it?"})
	})
}

// climbed fails the story where the last escalation of a ticket has not gone on so:
// each step is its kind, its level, and who was asked or skipped.
func (w *world) climbed(number int64, want ...string) {
	w.t.Helper()
	t := w.stored(number)
	var got []string
	for _, climb := range t.Escalations[len(t.Escalations)-1].Climbs {
		step := string(climb.Kind) + " " + string(climb.Level)
		if climb.Person != nil {
			step += " " + climb.Person.Name
		}
		got = append(got, step)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("%s has climbed (-want +got):\n%s", t, diff)
	}
}

// posted counts the messages that a conversation got.
func (w *world) posted(chat *teamstest.Conversation) int {
	n := 0
	for _, call := range w.Calls() {
		if call.Method == http.MethodPost && call.Status < 300 && strings.Contains(call.Path, chat.Root()) {
			n++
		}
	}
	return n
}

// asked fails the story where a conversation did not get so many messages.
func (w *world) asked(chat *teamstest.Conversation, want int) {
	w.t.Helper()
	if got := w.posted(chat); got != want {
		w.t.Errorf("%s got %d messages, want %d", chat.Root(), got, want)
	}
}

// said counts the messages of a conversation with the words.
func said(chat *teamstest.Conversation, words string) int {
	n := 0
	for _, text := range chat.Texts() {
		if strings.Contains(text, words) {
			n++
		}
	}
	return n
}

// desks are the people and conversations of the stories of escalations.
type desks struct {
	ana, kofi, bea, maria, lena *teamstest.Person
	chat, leads, devs, board    *teamstest.Conversation
}

// escalating prepares a ticket of Ana's, with the dev team and management behind her.
func escalating(w *world) desks {
	w.t.Helper()
	d := desks{
		ana: w.Person("Ana Lima"), kofi: w.Person("Kofi Annan"), bea: w.Person("Bea Novak"),
		maria: w.Person("Maria Sol"), lena: w.Person(lead),
		devs: w.GroupChat("Devs", "Kofi Annan", "Bea Novak"), board: w.GroupChat("Managers", "Maria Sol", "Kofi Annan"),
	}
	d.chat, d.leads = w.reaches(d.ana), w.reaches(d.lena)
	w.stands(ticket.Dev, d.devs, d.kofi, d.bea)
	w.stands(ticket.Management, d.board, d.maria)
	w.ticketIn(ticket.Diagnosis, d.ana)
	return d
}

const nobodyLeft = "nobody is left to be asked"

func TestStoryAnEscalationClimbsTheWholeLadderAndSaysSoAtItsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		card := shows(d.ana, d.chat, "T-1")
		w.escalates(1, d.ana, ticket.Dev)
		w.passes(59 * time.Minute)
		w.climbed(1, "first dev Kofi Annan")
		w.asked(d.devs, 1)
		w.passes(2 * time.Minute)
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan")
		w.passes(time.Hour)
		w.passes(time.Hour)
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan", "person dev Bea Novak", "level management Maria Sol")
		w.asked(d.devs, 3)
		w.asked(d.board, 1)
		w.passes(time.Hour)
		if n := said(d.chat, nobodyLeft); n > 0 {
			t.Errorf("the end is told %d times before it comes", n)
		}
		w.passes(time.Hour)
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan", "person dev Bea Novak", "level management Maria Sol",
			"reminded management Maria Sol", "end management")
		d.leads.ExpectCard("Nobody has answered the escalation of Ana Lima to Dev team, and nobody is left to be asked.",
			"Which flag is it?", "Kofi Annan (Dev team) at 10:00, again at 11:0", "Maria Sol (Management) at 13:0", "T-1", "Show ticket")
		d.chat.ExpectText("Nobody has answered the escalation of T-1", "Bea Novak (Dev team) at 12:0", "I have told Lena Lead, too.")
		says(t, historyOf(d.ana, card), "asked again: Kofi Annan", "asked the next person: Bea Novak", "asked the next level: Maria Sol",
			nobodyLeft, "told Lena Lead: nobody has answered the escalation")

		// Nothing more comes, and nothing is told twice.
		w.passes(48 * time.Hour)
		w.asked(d.devs, 3)
		w.asked(d.board, 2)
		counted(t, d.leads, nobodyLeft, 1)
		if n := said(d.chat, nobodyLeft); n != 1 {
			t.Errorf("the end is told %d times", n)
		}

		// Whoever hands it on then has it climb anew.
		by := w.actor(d.maria)
		_, err := w.desk().Change(t.Context(), by, ticket.Press{ID: w.stored(1).ID}, func(c *ticket.Change) error {
			return c.Reassign(1, &ticket.Person{ID: d.kofi.ID, Name: d.kofi.Name}, "", "He is back")
		})
		if err != nil {
			t.Fatal(err)
		}
		w.passes(61 * time.Minute)
		w.passes(61 * time.Minute)
		w.asked(d.board, 4)
		counted(t, d.leads, nobodyLeft, 2)
	})
}

func TestStoryWhateverIsDoneAboutAnEscalationStopsItAtEveryRung(t *testing.T) {
	deeds := map[string]func(d desks) (*teamstest.Person, func(c *ticket.Change) error){
		"accepted": func(d desks) (*teamstest.Person, func(c *ticket.Change) error) {
			return d.kofi, func(c *ticket.Change) error { return c.Accept(1) }
		},
		"answered": func(d desks) (*teamstest.Person, func(c *ticket.Change) error) {
			return d.bea, func(c *ticket.Change) error { return c.Answer("It is the flag of May.") }
		},
		"declined": func(d desks) (*teamstest.Person, func(c *ticket.Change) error) {
			return d.kofi, func(c *ticket.Change) error { return c.Decline(1, "Not ours") }
		},
		"withdrawn": func(d desks) (*teamstest.Person, func(c *ticket.Change) error) {
			return d.ana, func(c *ticket.Change) error { return c.Withdraw("Found it") }
		},
		"closed": func(d desks) (*teamstest.Person, func(c *ticket.Change) error) {
			return d.ana, func(c *ticket.Change) error { return c.CloseEarly("A duplicate") }
		},
	}
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		number := int64(0)
		numbers := map[int64]int{} // how many rungs each has climbed
		for _, rung := range []int{0, 1, 4} {
			for _, deed := range deeds {
				number++
				if number > 1 {
					w.ticketIn(ticket.Diagnosis, d.ana)
				}
				w.escalates(number, d.ana, ticket.Dev)
				for range rung {
					w.clock.Advance(61 * time.Minute)
					w.settle()
				}
				who, how := deed(d)
				w.changes(number, who, how)
				numbers[number] = len(w.stored(number).Escalations[0].Climbs)
				if want := rung + 1; numbers[number] != want {
					t.Errorf("T-%d has climbed %d times, want %d", number, numbers[number], want)
				}
			}
		}
		// Only who has accepted one hears of it again: that the answer is owed.
		reminders := func() (n int) {
			for number, want := range numbers {
				for _, climb := range w.stored(number).Escalations[0].Climbs[want:] {
					if n++; climb.Kind != ticket.ClimbHolder {
						t.Errorf("T-%d has gone on with %s", number, climb.Kind)
					}
				}
			}
			return n
		}
		w.settle()
		messages, reminded := w.posted(d.devs)+w.posted(d.board), reminders()
		w.passes(24 * time.Hour)
		if more, want := w.posted(d.devs)+w.posted(d.board)-messages, reminders()-reminded; more != want || want == 0 {
			t.Errorf("%d more messages were sent, want %d", more, want)
		}
		counted(t, d.leads, nobodyLeft, 0)
	})
}

func TestStoryADeletedChannelLeadsToThePersonInPersonAndTheOwnerSeesIt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		kofis := w.reaches(d.kofi)
		d.devs.FailNext(1, teamstest.ConversationGone().On(http.MethodPost))
		w.escalates(1, d.ana, ticket.Dev)
		w.climbed(1, "first dev Kofi Annan", "no_place dev", "in_person dev Kofi Annan")
		d.chat.ExpectText("The escalation of T-1", "The conversation of Dev team cannot be reached: it was deleted. Asked Kofi Annan (Dev team) in a chat of their own instead.")
		kofis.ExpectCard("T-1")
		w.asked(d.devs, 0)

		// Of what is known not to be there nothing is tried again.
		w.passes(61 * time.Minute)
		w.passes(61 * time.Minute)
		w.climbed(1, "first dev Kofi Annan", "no_place dev", "in_person dev Kofi Annan", "reminded dev Kofi Annan",
			"person dev Bea Novak", "in_person dev Bea Novak")
		w.Personal("Bea Novak").ExpectCard("T-1")
	})
}

func TestStoryWhoCannotBeReachedOrIsAwayIsSkippedAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		w.WithoutApp(d.kofi)
		w.reaches(d.maria).Says(d.maria, "away until Thursday")
		d.devs.FailNext(1, teamstest.Forbidden("BotNotInConversationRoster").On(http.MethodPost))
		w.escalates(1, d.ana, ticket.Dev)
		w.climbed(1, "first dev Kofi Annan", "no_place dev", "skipped dev Kofi Annan", "person dev Bea Novak", "in_person dev Bea Novak")
		d.chat.ExpectText("Kofi Annan cannot be asked: the app is not installed for them.", "Asked Bea Novak (Dev team)")
		w.Personal("Bea Novak").ExpectCard("T-1")

		// Bea is reminded; then everybody in management's conversation is asked, as Maria is away.
		w.passes(61 * time.Minute)
		w.passes(61 * time.Minute)
		w.climbed(1, "first dev Kofi Annan", "no_place dev", "skipped dev Kofi Annan", "person dev Bea Novak", "in_person dev Bea Novak",
			"reminded dev Bea Novak", "skipped management Maria Sol", "level management")
		d.chat.ExpectText("Maria Sol cannot be asked: they are away and nobody stands in. Asked everybody in the conversation of Management instead.")
		w.asked(d.board, 1)
	})
}

func TestStoryAnEscalationThatReachesNobodyIsToldAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		w.Uninstall(d.lena, d.leads)
		for _, person := range []*teamstest.Person{d.kofi, d.bea, d.maria} {
			w.WithoutApp(person)
		}
		d.devs.FailNext(1, teamstest.ConversationGone().On(http.MethodPost))
		d.board.FailNext(1, teamstest.ConversationGone().On(http.MethodPost))
		w.escalates(1, d.ana, ticket.Dev)
		w.climbed(1, "first dev Kofi Annan", "no_place dev", "skipped dev Kofi Annan", "person dev Bea Novak", "skipped dev Bea Novak",
			"level management Maria Sol", "no_place management", "skipped management Maria Sol", "end management")
		d.chat.ExpectText("Nobody has answered the escalation of T-1", "Bea Novak cannot be asked: the app is not installed for them.",
			"I can reach no lead either: call somebody.")
		if found := w.diary.find("a lead could not be told"); len(found) != 1 {
			t.Errorf("the log says %q", found)
		}
		w.passes(24 * time.Hour)
		if n := said(d.chat, nobodyLeft); n != 1 {
			t.Errorf("the end is told %d times", n)
		}
	})
}

func TestStoryQuietHoursHoldACardUntilTheyEndButNotOneOfExpedite(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		quiets(d.kofi, d.devs, "20:00-07:00", "20:00–07:00")
		before := w.posted(d.devs)
		w.until(23, 0)
		w.escalates(1, d.ana, ticket.Dev)
		d.chat.ExpectText("The card to Kofi Annan (Dev team) waits until", "07:00, when the quiet hours there are over.")
		w.until(6, 59)
		w.climbed(1, "first dev Kofi Annan")
		w.asked(d.devs, before)
		w.until(7, 1)
		w.asked(d.devs, before+1)
		w.until(7, 59) // the hour for an answer begins when the card comes
		w.climbed(1, "first dev Kofi Annan")
		w.until(8, 1)
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan")

		// What becomes Expedite in the night is asked at once, and climbs by its own time.
		w.changes(1, d.ana, func(c *ticket.Change) error { return c.Withdraw("Found it") })
		w.ticketIn(ticket.Diagnosis, d.ana)
		w.until(23, 0)
		before = w.posted(d.devs)
		w.escalates(2, d.ana, ticket.Dev)
		w.asked(d.devs, before)
		w.classOf(2, d.ana, ticket.Expedite)
		w.asked(d.devs, before+1)
		w.climbed(2, "first dev Kofi Annan")
		w.passes(16 * time.Minute)
		w.climbed(2, "first dev Kofi Annan", "reminded dev Kofi Annan")
		w.asked(d.devs, before+2)
		w.changes(2, d.kofi, func(c *ticket.Change) error { return c.Accept(1) })
		w.until(12, 0) // the job of the morning finds that it was sent
		w.asked(d.devs, before+2)
	})
}

// In Berlin the clock is set back on Sunday, 25 October 2037, at three, and set
// forward on Sunday, 29 March: the quiet hours are one longer and one shorter.

func TestStoryACardWaitsForTheMorningAfterTheClockWasSetBack(t *testing.T) {
	waitsForTheMorning(t, time.Date(2037, 10, 24, 21, 0, 0, 0, time.UTC), time.Date(2037, 10, 25, 6, 0, 0, 0, time.UTC))
}

func TestStoryACardWaitsForTheMorningAfterTheClockWasSetForward(t *testing.T) {
	waitsForTheMorning(t, time.Date(2037, 3, 28, 21, 0, 0, 0, time.UTC), time.Date(2037, 3, 29, 5, 0, 0, 0, time.UTC))
}

// waitsForTheMorning tells a story of a card that is to go in the quiet hours and
// goes at their end.
func waitsForTheMorning(t *testing.T, at, until time.Time) {
	t.Helper()
	onEachWith(t, func(w *world) { w.clock = newClock(at) }, func(t *testing.T, w *world) {
		d := escalating(w)
		err := w.desk().SetQuiet(t.Context(), ticket.Place{Tenant: w.Tenant(), Conversation: d.devs.Root()},
			&ticket.Quiet{From: 20 * 60, To: 7 * 60, Zone: "Europe/Berlin"})
		if err != nil {
			t.Fatal(err)
		}
		w.escalates(1, d.ana, ticket.Dev)
		w.passes(until.Sub(w.clock.Now()) - time.Minute)
		w.asked(d.devs, 0)
		w.passes(2 * time.Minute)
		w.asked(d.devs, 1)
		w.passes(57 * time.Minute)
		w.climbed(1, "first dev Kofi Annan")
		w.passes(3 * time.Minute)
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan")
	})
}

func TestStoryATicketThatBecomesMoreUrgentClimbsSooner(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		w.classOf(1, d.ana, ticket.Standard)
		w.escalates(1, d.ana, ticket.Dev)
		w.passes(2 * time.Hour)
		w.climbed(1, "first dev Kofi Annan") // of four hours
		w.classOf(1, d.ana, ticket.Expedite) // its quarter of an hour is over
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan")
		w.passes(16 * time.Minute)
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan", "person dev Bea Novak")
		w.classOf(1, d.ana, ticket.Standard)
		w.passes(3 * time.Hour) // the job of the quarter finds that there is time
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan", "person dev Bea Novak")
		w.handrail.end()
		w.environ["HANDRAIL_CLIMB_STANDARD"] = "3h"
		w.start() // what waits follows the times of the configuration
		w.settle()
		w.passes(time.Minute)
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan", "person dev Bea Novak", "level management Maria Sol")
	})
}

func TestStoryTheAnswerToAQuestionGoesToWhoeverAskedInTheirThread(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		thread := w.Channel("Dev team", "Kofi Annan").Thread()
		w.escalates(1, d.ana, ticket.Dev)
		place := ticket.Place{Tenant: w.Tenant(), Conversation: thread.Root(), Thread: thread.ThreadID()}
		thread.Says(d.kofi, "help")
		w.settle()
		w.changes(1, d.kofi, func(c *ticket.Change) error { return c.Ask(1, "Which release?", place) })
		w.passes(24 * time.Hour) // it waits for the owner, who is reminded
		w.climbed(1, "first dev Kofi Annan", "owner dev Ana Lima")
		w.changes(1, d.ana, func(c *ticket.Change) error { return c.Reply(1, "The one of May; password: Tr0ub4dor&3x") })
		answer := thread.ExpectText("<at>Kofi Annan</at>, Ana Lima has answered your question on T-1", "The one of May", "Which release?")
		saysNot(t, answer, "Tr0ub4dor")
		w.passes(61 * time.Minute)
		w.climbed(1, "first dev Kofi Annan", "owner dev Ana Lima", "reminded dev Kofi Annan")

		// Where it was asked cannot be written to any more: in person.
		w.changes(1, d.kofi, func(c *ticket.Change) error { return c.Ask(1, "And which flag?", place) })
		thread.FailNext(1, teamstest.ConversationGone().On(http.MethodPost))
		w.changes(1, d.ana, func(c *ticket.Change) error { return c.Reply(1, "The flag of May") })
		w.Personal("Kofi Annan").ExpectText("Ana Lima has answered your question on T-1", "The flag of May")
		if n := said(thread, "has answered your question"); n != 1 {
			t.Errorf("%d answers are in the thread", n)
		}

		// And not in person either: the owner is asked to tell them.
		w.WithoutApp(d.bea)
		w.changes(1, d.bea, func(c *ticket.Change) error { return c.Ask(1, "Who uses it?", place) })
		w.changes(1, d.ana, func(c *ticket.Change) error { return c.Reply(1, "All of Contoso") })
		d.chat.ExpectText("I cannot reach Bea Novak: please tell them yourself what you have answered on T-1")
	})
}

func TestStoryHandrailIsKilledBetweenTheStepsOfAClimb(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		d := escalating(w)
		// Teams hangs while the card is sent: the next step is taken, the card is not there.
		hanging := make(chan struct{})
		w.escalates(1, d.ana, ticket.Dev)
		d.devs.FailNext(1, teamstest.Slow(hanging).On(http.MethodPost))
		w.clock.Advance(61 * time.Minute)
		w.isAt("card.post running")
		w.handrail.kill()
		close(hanging)
		w.clock.Advance(time.Minute)
		w.start()
		w.settle()
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan")
		// The message that hung may have come, but the one that asks is one.
		if n := len(slices.DeleteFunc(d.devs.Cards(), func(card *teamstest.Card) bool { return !strings.Contains(card.Text(), "T-1 ·") })); n != 1 {
			t.Errorf("%d cards ask, want one", n)
		}

		// The place refuses, and Handrail is killed before or while it looks for the next person.
		d.devs.FailNext(1, teamstest.ConversationGone().On(http.MethodPost))
		w.clock.Advance(61 * time.Minute)
		w.waits("has been refused", func([]string, time.Time) bool {
			refused := func(climb ticket.Climb) bool { return climb.Kind == ticket.ClimbNoPlace }
			return slices.ContainsFunc(w.stored(1).Escalations[0].Climbs, refused)
		})
		w.handrail.kill()
		w.clock.Advance(time.Minute)
		w.start()
		w.settle()
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan", "person dev Bea Novak", "no_place dev", "in_person dev Bea Novak")
		counted(t, w.Personal("Bea Novak"), "T-1 ·", 1)
	})
}

func TestStoryAtTheTopOfTheLadderAMailIsWritten(t *testing.T) {
	onEachWithMail(t, func(t *testing.T, w *world, server *outlooktest.Server) {
		d := escalating(w)
		by := w.actor(d.lena)
		by.Lead = true
		route, _, err := w.desk().Store.Route(t.Context(), w.Tenant(), ticket.Dev)
		if err != nil {
			t.Fatal(err)
		}
		route.Mail = "devs@contoso.com"
		if _, err := w.desk().SetRoute(t.Context(), by, route); err != nil {
			t.Fatal(err)
		}
		w.changes(1, d.ana, func(c *ticket.Change) error {
			return c.Escalate(ticket.Escalating{
				Level: ticket.Management, Reasons: []ticket.Reason{ticket.NeedsApproval, ticket.BusinessRisk},
				Ask:     "May we roll back? The password: Tr0ub4dor&3x",
				Options: []ticket.Option{{Words: "Roll back", Consequence: "20 minutes without service"}, {Words: "Wait", Consequence: "No invoices"}},
			})
		})
		w.passes(61 * time.Minute)
		w.passes(61 * time.Minute)
		w.climbed(1, "first management Maria Sol", "reminded management Maria Sol", "end management") // whose level has no address
		w.changes(1, d.ana, func(c *ticket.Change) error { return c.Withdraw("Another way") })
		w.escalates(1, d.ana, ticket.Dev)
		for range 5 {
			w.passes(61 * time.Minute)
		}
		w.climbed(1, "first dev Kofi Annan", "reminded dev Kofi Annan", "person dev Bea Novak", "level management Maria Sol",
			"reminded management Maria Sol", "mail management")
		mail := server.Only(t)
		if mail.Subject != "T-1 Invoices cannot be posted: Ana Lima needs an answer of Dev team" {
			t.Errorf("the subject is %q", mail.Subject)
		}
		says(t, mail.Text, "WHAT IS ASKED\nWhich flag is it?", "WHY\n", "THE TICKET\n", "Contoso", "Step 3 of 7, Diagnosis",
			"WHO WAS ASKED\nAsked so far: Kofi Annan (Dev team) at ", "HOW TO ANSWER\n", "show T-1")
		if n := said(d.chat, nobodyLeft); n != 1 {
			t.Errorf("the end is told %d times while the mail is under way, want that of the first escalation alone", n)
		}
		w.passes(61 * time.Minute)
		if n := said(d.chat, nobodyLeft); n != 2 {
			t.Errorf("the end is told %d times", n)
		}
		server.Only(t)
	})
}

func TestStoryWhoOwesAnAnswerIsReminded(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		home, channel := w.reaches(ana), w.Channel("Dev", "Kofi Annan", lead)
		w.routed(channel, ticket.Dev, kofi)
		w.ticketIn(ticket.Diagnosis, ana)
		live := shows(ana, home, "T-1")
		w.escalated(ana, helpDev(), impact())
		card := channel.ExpectCard("Help needed")
		card.Press(kofi, "Need info").Press(kofi, "Send", form{"words": "Which release was it?"})
		w.settle()
		asked := home.ExpectCard("Kofi Annan has a question", "Which release")
		w.clock.Advance(time.Hour)
		w.settle()
		again := home.ExpectCard("Kofi Annan has a question", "Which release")
		if again.ID == asked.ID {
			t.Error("the owner is not reminded of the question")
		}
		says(t, historyOf(ana, live), "reminded of the open question: Ana Lima")
		again.Press(ana, "Answer question").Press(ana, "Send", form{"words": "Release 7.3"})
		card.Press(kofi, "Accept")
		w.settle()
		w.clock.Advance(24 * time.Hour)
		w.settle()
		mention := channel.ExpectCard("Kofi Annan accepted it", "Release 7.3")
		if mention.ID == card.ID {
			t.Error("who has accepted it is not reminded of the answer")
		}
		says(t, historyOf(ana, live), "reminded of the answer that is owed: Kofi Annan")
	})
}
