package main

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/outlook/outlooktest"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

// onEachWithMail tells a story on each kind of database in a world with a mail
// server, which wants a password.
func onEachWithMail(t *testing.T, story func(t *testing.T, w *world, server *outlooktest.Server)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		w, server := newWorld(t, database), outlooktest.NewServer(t, outlooktest.WithUser("desk", "hunter2"))
		w.environ["SMTP_URL"] = "smtp://desk:hunter2@" + server.Address + "?from=handrail@contoso.com"
		w.start()
		story(t, w, server)
	})
}

// leaves has a mail about the first ticket left to Handrail.
func (w *world) leaves(mail ticket.SendMail) {
	w.t.Helper()
	mail.Tenant, mail.Number = w.Tenant(), 1
	err := w.desk().Store.InTx(w.t.Context(), func(tx ticket.Tx) error { return tx.Later(w.t.Context(), ticket.Task{Job: mail}) })
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestStoryAMailArrivesOnceAlthoughHandrailIsKilled(t *testing.T) {
	onEachWithMail(t, func(t *testing.T, w *world, server *outlooktest.Server) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		card := w.opens(ana, chat, "Invoices cannot be posted", invoices())
		w.settle()

		// The mail server hangs in the midst of the mail, and Handrail dies.
		reached, released := make(chan struct{}), make(chan struct{})
		later := outlooktest.Answer(451, [3]int{4, 3, 0}, "Too late")
		server.Next(func() error {
			close(reached)
			<-released
			return later()
		}, later)
		w.leaves(ticket.SendMail{Key: "escalation 1", To: []string{"ops@contoso.com"}, Subject: "T-1: please decide 🚑", Text: "Invoices wait."})
		<-reached
		w.handrail.kill()
		close(released)
		w.clock.Advance(time.Minute) // nobody waits for the dead any more
		w.start()
		w.settle()

		got := server.Only(t)
		if got.Subject != "T-1: please decide 🚑" || got.Text != "Invoices wait." || got.From != "handrail@contoso.com" {
			t.Errorf("arrived: %+v", got)
		}
		says(t, historyOf(ana, card), "mailed ops@contoso.com", "T-1: please decide")
		if lines := w.diary.find("hunter2"); len(lines) > 0 {
			t.Errorf("the log has the password: %q", lines)
		}
		if _, metrics := w.get("/metrics"); !strings.Contains(metrics, `handrail_outbound_seconds_count{op="mail",outcome="ok"} 1`) {
			t.Error("the metrics do not have the mail")
		}
	})
}

func TestStoryOfAMailThatNeverArrivesTheOwnerIsTold(t *testing.T) {
	onEachWithMail(t, func(t *testing.T, w *world, server *outlooktest.Server) {
		ana, group := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		card := w.opens(ana, group, "Invoices cannot be posted", invoices())
		server.Next(outlooktest.Answer(550, [3]int{5, 1, 1}, "No such user"))
		w.leaves(ticket.SendMail{Key: "escalation 1", To: []string{"nobody@contoso.com"}, Subject: "T-1: please decide", Text: "Please"})
		w.settle()
		group.ExpectText("I could not mail nobody@contoso.com about T-1", "does not take that address")
		says(t, historyOf(ana, card), "could not mail nobody@contoso.com")
		if got := server.Mails(); len(got) > 0 {
			t.Errorf("arrived: %+v", got)
		}
	})
}
