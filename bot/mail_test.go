package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// mailer is a mail system that keeps what it is given, or fails.
type mailer struct {
	sent  []ticket.Mail
	fails []error
}

// Send takes the next failure, else the mail.
func (m *mailer) Send(_ context.Context, mail ticket.Mail) error {
	if len(m.fails) > 0 {
		first := m.fails[0]
		m.fails = m.fails[1:]
		return first
	}
	m.sent = append(m.sent, mail)
	return nil
}

// refusal is the error of a mail that will never go.
func refusal(why ticket.MailRefusal) error {
	return &ticket.MailRefused{Why: why, Cause: errors.New("550 5.1.1 no such user")}
}

// busyPost is the error of a mail that may go later.
func busyPost() error {
	return &ticket.Postponed{After: time.Minute, Cause: errors.New("451 later")}
}

// mailing is a house with a post, and a ticket of ana's that is shown in the group.
func mailing(t *testing.T) (*house, *mailer) {
	t.Helper()
	h, p := newHouse(t), &mailer{}
	h.bot.mailer = p
	h.opened(ana, nil)
	return h, p
}

// mails has a mail about the first ticket sent.
func (h *house) mails(change func(*ticket.SendMail)) {
	h.t.Helper()
	job := ticket.SendMail{
		Tenant: h.tenant, Number: 1, Key: "escalation 1", To: []string{"ops@contoso.com"},
		Subject: "T-1: *please* decide", Text: "Please decide.",
	}
	if change != nil {
		change(&job)
	}
	if err := h.bot.later(h.ctx(), job); err != nil {
		h.t.Fatal(err)
	}
	h.work()
}

func TestAMailGoesOnceAndIsInTheHistory(t *testing.T) {
	t.Parallel()
	h, p := mailing(t)
	if !h.bot.mails() {
		t.Error("mails can be sent")
	}
	for range 3 {
		h.mails(nil)
	}
	h.mails(func(m *ticket.SendMail) { m.Key, m.ReplyTo = "escalation 2", "ana@contoso.com" })
	if len(p.sent) != 2 || p.sent[0].Key == p.sent[1].Key || !strings.HasPrefix(p.sent[0].Key, h.tenant) {
		t.Fatalf("sent %+v", p.sent)
	}
	if got := p.sent[1]; got.To[0] != "ops@contoso.com" || got.Subject != "T-1: *please* decide" || got.Text != "Please decide." ||
		got.ReplyTo != "ana@contoso.com" {
		t.Errorf("sent %+v", got)
	}
	if got := h.lines(1)[0]; !strings.Contains(got, "Handrail mailed ops") {
		t.Errorf("the history says %q", got)
	}
}

func TestSecretsAreMaskedInAMail(t *testing.T) {
	t.Parallel()
	h, p := mailing(t)
	h.mails(func(m *ticket.SendMail) {
		m.Subject, m.Text = "T-1: password: hunter2hunter2", "Log:\npassword: hunter2hunter2\nPlease decide."
	})
	entries, err := h.store.History(h.ctx(), ticket.ID{Tenant: h.tenant, Number: 1}, 0, 1)
	if err != nil || len(p.sent) != 1 {
		t.Fatalf("sent %+v (%v)", p.sent, err)
	}
	for _, text := range []string{p.sent[0].Subject, p.sent[0].Text, entries[0].Note} {
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "••••") {
			t.Errorf("it says %q", text)
		}
	}
	if !strings.Contains(p.sent[0].Text, "Please decide.") {
		t.Errorf("the rest is lost: %q", p.sent[0].Text)
	}
}

func TestAMailThatIsPutOffGoesLater(t *testing.T) {
	t.Parallel()
	h, p := mailing(t)
	p.fails = []error{busyPost(), busyPost()}
	h.mails(nil)
	h.pass(time.Minute)
	if len(p.sent) > 0 {
		t.Errorf("sent %+v", p.sent)
	}
	h.pass(time.Minute)
	if len(p.sent) != 1 {
		t.Errorf("sent %+v", p.sent)
	}
}

func TestAMailThatMayWaitNoLongerIsGivenUpAndTold(t *testing.T) {
	t.Parallel()
	h, p := mailing(t)
	p.fails = []error{busyPost(), busyPost(), busyPost()}
	h.mails(func(m *ticket.SendMail) { m.Until = h.now.Add(2 * time.Minute) })
	said := len(h.chat.posts)
	h.pass(time.Minute)
	if len(h.chat.posts) != said {
		t.Error("it is told of before its time is over")
	}
	h.pass(time.Minute)
	if got := h.chat.lastText(); !strings.Contains(got, "the mail system was busy for too long") {
		t.Errorf("it says %q", got)
	}
	h.pass(time.Hour)
	if len(p.sent) > 0 {
		t.Errorf("sent %+v", p.sent)
	}
}

func TestOfAMailThatNeverGoesTheOwnerIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, why := range ticket.MailRefusals() {
		t.Run(string(why), func(t *testing.T) {
			t.Parallel()
			h, p := mailing(t)
			p.fails = []error{refusal(why)}
			said := len(h.chat.posts)
			h.mails(nil)
			h.mails(nil)
			if n := len(h.chat.posts) - said; n != 1 || len(p.sent) > 0 {
				t.Fatalf("%d messages, sent %+v", n, p.sent)
			}
			last := h.chat.posts[len(h.chat.posts)-1]
			text := last.message.Text
			if last.to.Conversation.ID != group || len(last.message.Mentions) != 1 || last.message.Mentions[0].ID != ana.id {
				t.Errorf("told in %s, calling %+v", last.to.Conversation.ID, last.message.Mentions)
			}
			s := h.bot.catalog.in("", "", h.now)
			for _, want := range []string{"T-1", `\*please\*`, s.say("mail.refused." + string(why)), s.say("mail.refused." + string(why) + ".do")} {
				if !strings.Contains(text, want) {
					t.Errorf("%q does not say %q", text, want)
				}
			}
			if got := h.lines(1)[0]; !strings.Contains(got, "could not mail ops") || !strings.Contains(got, s.say("mail.refused."+string(why))) {
				t.Errorf("the history says %q", got)
			}
		})
	}
}

func TestOfAMailThatNeverGoesWhoeverAskedIsTold(t *testing.T) {
	t.Parallel()
	h, p := mailing(t)
	h.in("a:29:ben", "personal")
	h.says(ben, "help")
	p.fails = []error{refusal(ticket.MailRecipient)}
	h.mails(func(m *ticket.SendMail) { m.Place = ticket.Place{Tenant: h.tenant, Conversation: "a:29:ben"} })
	last := h.chat.posts[len(h.chat.posts)-1]
	if last.to.Conversation.ID != "a:29:ben" || len(last.message.Mentions) > 0 {
		t.Errorf("told in %s, calling %+v", last.to.Conversation.ID, last.message.Mentions)
	}
}

func TestAnOwnerWhoseTicketNobodyWorksOnInPublicIsToldInPerson(t *testing.T) {
	t.Parallel()
	h, p := newHouse(t), &mailer{fails: []error{refusal(ticket.MailRecipient)}}
	h.bot.mailer = p
	h.in("a:29:ana", "personal")
	h.opened(ana, nil)
	h.mails(nil)
	if last := h.chat.posts[len(h.chat.posts)-1]; last.to.Conversation.ID != "a:29:ana" || len(last.message.Mentions) > 0 {
		t.Errorf("told in %s, calling %+v", last.to.Conversation.ID, last.message.Mentions)
	}
}

func TestAMailOfWhichNobodyCanBeToldIsInTheHistoryAndTheLog(t *testing.T) {
	t.Parallel()
	h, p := newHouse(t), &mailer{fails: []error{refusal(ticket.MailRecipient)}}
	h.bot.mailer = p
	h.in("a:29:ana", "personal")
	h.opened(ana, nil)
	h.chat.failing("send", teams.Blocked)
	h.says(ana, "help")
	h.mails(nil)
	if got := h.lines(2); !strings.Contains(strings.Join(got, "\n"), "could not mail") || !strings.Contains(h.log.String(), "nobody could be told of a mail") {
		t.Errorf("the history says %q", got)
	}
}

func TestWithoutAMailSystemThatIsWhatIsTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	if h.bot.mails() {
		t.Error("no mail can be sent")
	}
	h.mails(nil)
	if got := h.chat.lastText(); !strings.Contains(got, "no mail is set up") {
		t.Errorf("it says %q", got)
	}
}

func TestAMailOfATicketThatIsGoneIsNotSent(t *testing.T) {
	t.Parallel()
	h, p := mailing(t)
	err := h.bot.SendMail(h.ctx(), ticket.SendMail{Tenant: h.tenant, Number: 99, Key: "k", To: []string{"ops@contoso.com"}})
	if ticket.KindOf(err) != ticket.NotFound || len(p.sent) > 0 {
		t.Errorf("%v, sent %+v", err, p.sent)
	}
}
