package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/internal/guard"
	"handrail/internal/logs"
	"handrail/internal/teams"
	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

const (
	tenant   = "tenant-1"
	group    = "19:desk@thread.v2"
	serviceA = "https://smba.example/emea/"
)

// someone is a person of the tests.
type someone struct{ id, object, name string }

var (
	ana  = someone{"29:ana", "0000-ana", "Ana Ng"}
	ben  = someone{"29:ben", "0000-ben", "Ben [Bold] *Okoro*"}
	lena = someone{"29:lena", "0000-lena", "Lena Lead"}
)

// house is a bot with its real cards, a store in memory, a chat that is kept
// and a clock that is moved. Every card that comes out of it is checked.
type house struct {
	t     testing.TB
	bot   *Bot
	store *tickettest.Store
	chat  *chat
	now   time.Time
	log   bytes.Buffer
	// tenant, conversation and kind are where activities come from.
	tenant, conversation, kind string
	service, zone              string
	// site is the address for people's browsers.
	site string
	// disk has the files that can be fetched.
	disk       disk
	activities int
	later      []ticket.Task
	// large tells that cards may give back more than people are supposed to type.
	large bool
	// checked are the cards that were found to be well.
	checked map[string]bool
}

// monday is when the tests begin.
func monday() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

func newHouse(t testing.TB) *house {
	t.Helper()
	set, err := cardSet()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{
		t: t, store: tickettest.NewStore(), now: monday(),
		tenant: tenant, conversation: group, kind: "groupChat", service: serviceA, zone: "Europe/Berlin", checked: map[string]bool{}, disk: disk{},
	}
	h.chat = &chat{house: h}
	now := func() time.Time { return h.now }
	reader := guard.New([]string{"Falcon"})
	desk := &ticket.Desk{Store: h.store, Policy: ticket.DefaultPolicy(), Now: now, Leads: []string{lena.object}, Guard: reader}
	h.bot, err = New(Config{Desk: desk, Cards: set, Chat: h.chat, Guard: reader, Files: h.disk, Now: now, Site: func() string { return h.site }})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) ctx() context.Context {
	return logs.Into(context.Background(), slog.New(slog.NewTextHandler(&h.log, nil)))
}

// activity makes an activity as it comes over the wire.
func (h *house) activity(kind string, who someone, more map[string]any) *teams.Activity {
	h.t.Helper()
	h.activities++
	fields := map[string]any{
		"type": kind, "id": "a" + strconv.Itoa(h.activities), "channelId": "msteams", "serviceUrl": h.service,
		"from":         map[string]any{"id": who.id, "name": who.name, "aadObjectId": who.object},
		"recipient":    map[string]any{"id": "28:bot", "name": "Handrail"},
		"conversation": map[string]any{"id": h.conversation, "conversationType": h.kind, "tenantId": h.tenant},
		"locale":       "en-US", "localTimezone": h.zone,
	}
	maps.Copy(fields, more)
	body, err := json.Marshal(fields)
	if err != nil {
		h.t.Fatal(err)
	}
	a, err := teams.Decode(body)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// turn gives an activity to the bot; an error that is no person's fails the test.
func (h *house) turn(a *teams.Activity) teams.Answer {
	h.t.Helper()
	answer, err := h.bot.Turn(h.ctx(), a)
	if err != nil {
		h.t.Fatalf("the turn failed: %v", err)
	}
	return answer
}

// says has a person write something, and everything done that follows.
func (h *house) says(who someone, text string, mentioned ...someone) {
	h.t.Helper()
	var entities []any
	for _, m := range mentioned {
		text = strings.Replace(text, "@"+m.name, "<at>"+m.name+"</at>", 1)
		entities = append(entities, map[string]any{
			"type": "mention", "text": "<at>" + m.name + "</at>",
			"mentioned": map[string]any{"id": m.id, "name": m.name, "aadObjectId": m.object},
		})
	}
	h.turn(h.activity("message", who, map[string]any{"text": text, "entities": entities}))
	h.work()
}

// work does the jobs that are due; those of later stay.
func (h *house) work() {
	h.t.Helper()
	for _, task := range h.tasks() {
		err := h.do(task)
		if postponed, ok := errors.AsType[*ticket.Postponed](err); ok {
			h.later = append(h.later, ticket.Task{Job: task.Job, At: h.now.Add(postponed.After)})
		} else if err != nil {
			h.t.Fatalf("%s failed: %v", task.Kind(), err)
		}
	}
	if len(h.store.Tasks()) > 0 {
		h.work()
	}
}

// tasks takes the jobs that are due.
func (h *house) tasks() []ticket.Task {
	var due, waiting []ticket.Task
	for _, task := range append(h.later, h.store.TakeTasks()...) {
		if task.At.After(h.now) {
			waiting = append(waiting, task)
		} else {
			due = append(due, task)
		}
	}
	h.later = waiting
	return due
}

func (h *house) do(task ticket.Task) error {
	switch job := task.Job.(type) {
	case ticket.Say:
		return h.bot.Say(h.ctx(), job)
	case ticket.PostCard:
		return h.bot.PostCard(h.ctx(), job)
	case ticket.RefreshCards:
		return h.bot.RefreshCards(h.ctx(), job)
	case ticket.Remind:
		return h.bot.Remind(h.ctx(), job)
	case ticket.RemindThere:
		return h.bot.RemindThere(h.ctx(), job)
	case ticket.EditCard:
		return h.bot.EditCard(h.ctx(), job)
	case ticket.RetireCard:
		return h.bot.RetireCard(h.ctx(), job)
	case ticket.TellOfChange:
		return h.bot.TellOfChange(h.ctx(), job)
	case ticket.ClimbEscalation:
		return h.bot.desk.Climb(h.ctx(), job)
	case ticket.AskInPerson:
		return h.bot.AskInPerson(h.ctx(), job)
	case ticket.MailEscalation:
		return h.bot.MailEscalation(h.ctx(), job)
	case ticket.TellReply:
		return h.bot.TellReply(h.ctx(), job)
	case ticket.TellClimb:
		return h.bot.TellClimb(h.ctx(), job)
	case ticket.TellUnanswered:
		return h.bot.TellUnanswered(h.ctx(), job)
	case ticket.TellOwner:
		return h.bot.TellOwner(h.ctx(), job)
	case ticket.MarkAbsence:
		return h.bot.desk.MarkAbsence(h.ctx(), job)
	case ticket.EndAbsence:
		return h.bot.desk.EndAbsence(h.ctx(), job)
	case ticket.PostBoard:
		return h.bot.PostBoard(h.ctx(), job)
	case ticket.RefreshBoard:
		return h.bot.RefreshBoard(h.ctx(), job)
	case ticket.RestBoard:
		return h.bot.RestBoard(h.ctx(), job)
	case ticket.RetireBoard:
		return h.bot.RetireBoard(h.ctx(), job)
	case ticket.PostReport:
		return h.bot.PostReport(h.ctx(), job)
	case ticket.RingClock:
		return h.bot.desk.Ring(h.ctx(), job)
	case ticket.RetimeClocks:
		return h.bot.desk.Retime(h.ctx(), job)
	case ticket.MarkUnreached:
		return h.bot.desk.MarkUnreached(h.ctx(), job)
	case ticket.MarkReached:
		return h.bot.desk.MarkReached(h.ctx(), job)
	case ticket.PostFiles:
		return h.bot.PostFiles(h.ctx(), job)
	case ticket.FetchAttachment:
		return h.bot.FetchAttachment(h.ctx(), job)
	case ticket.ExpireAttachments:
		return h.bot.desk.ExpireAttachments(h.ctx(), job)
	case ticket.Announce:
		return h.bot.desk.Announce(h.ctx(), job)
	case ticket.TellNews:
		return h.bot.TellNews(h.ctx(), job)
	case ticket.Summarize:
		return h.bot.Summarize(h.ctx(), job)
	case ticket.LearnMail:
		return h.bot.LearnMail(h.ctx(), job)
	case ticket.SendRecord:
		return h.bot.SendRecord(h.ctx(), job)
	case ticket.TellRecord:
		return h.bot.TellRecord(h.ctx(), job)
	case ticket.RepairRecords:
		return h.bot.desk.RepairRecords(h.ctx(), job)
	case ticket.SendMail:
		return h.bot.SendMail(h.ctx(), job)
	case ticket.PutArticle:
		return h.bot.PutArticle(h.ctx(), job)
	case ticket.PostComparison:
		return h.bot.PostComparison(h.ctx(), job)
	case ticket.FindArticles:
		return h.bot.FindArticles(h.ctx(), job)
	}
	return fmt.Errorf("nobody does %T", task.Job)
}

// pass moves the clock and does what falls due.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	h.now = h.now.Add(d)
	h.work()
}

// opened gives a ticket that was opened and taken by the person, with its live card.
func (h *house) opened(who someone, facts map[string]string) shown {
	h.t.Helper()
	h.says(who, "new Invoices cannot be posted")
	inputs := map[string]string{"customer": "Contoso Ltd", "details": "Error 500 since this morning.", "users": "12"}
	maps.Copy(inputs, facts)
	form := h.chat.last()
	if answer := h.press(who, form, form.first(), inputs).card; answer.raw != nil && answer.inputs()[fieldAlike] != nil {
		h.press(who, answer, answer.first(), nil) // another trouble
	}
	return h.seen(who, h.chat.message(form.id))
}

// seen gives a card as the person's client shows it: one with a refresh for
// them is asked for their own view.
func (h *house) seen(who someone, card shown) shown {
	h.t.Helper()
	refresh, _ := card.json["refresh"].(map[string]any)
	people, _ := refresh["userIds"].([]any)
	if !slices.Contains(people, any(who.id)) && !slices.Contains(people, any("8:orgid:"+who.object)) {
		return card
	}
	action, _ := refresh["action"].(map[string]any)
	data, _ := action["data"].(map[string]any)
	answer := h.turn(h.invoke(who, card.id, text(action["verb"]), "automatic", data))
	view, ok := answer.Value.(json.RawMessage)
	if !ok {
		h.t.Fatalf("the refresh was answered with %v", answer)
	}
	return h.card(card.id, view)
}

func (h *house) ticket(number int64) *ticket.Ticket {
	h.t.Helper()
	t, err := h.store.Ticket(h.ctx(), ticket.ID{Tenant: h.tenant, Number: number})
	if err != nil {
		h.t.Fatal(err)
	}
	return t
}

// sees is what a person sees after a click: a card or a text.
type sees struct {
	card shown
	text string
}

// press clicks a button as Action.Execute, and has everything done that follows.
func (h *house) press(who someone, card shown, title string, inputs map[string]string) sees {
	h.t.Helper()
	if !card.offers(title) {
		card = h.seen(who, card)
	}
	button := card.button(title)
	return h.execute(who, card.id, text(button["verb"]), card.merged(button, inputs))
}

// execute sends a click with data as they are given.
func (h *house) execute(who someone, id, verb string, data map[string]any) sees {
	h.t.Helper()
	answer := h.turn(h.invoke(who, id, verb, "manual", data))
	h.work()
	switch value := answer.Value.(type) {
	case json.RawMessage:
		return sees{card: h.card(id, value)}
	case string:
		if strings.TrimSpace(value) == "" {
			h.t.Fatalf("%s was answered with nothing", verb)
		}
		h.text(value)
		return sees{text: value}
	}
	h.t.Fatalf("%s was answered with %v", verb, answer)
	return sees{}
}

// invoke makes the activity of a click, or of what a client sends by itself.
func (h *house) invoke(who someone, id, verb, trigger string, data map[string]any) *teams.Activity {
	h.t.Helper()
	return h.activity("invoke", who, map[string]any{
		"name": "adaptiveCard/action", "replyToId": id,
		"value": map[string]any{"action": map[string]any{"type": "Action.Execute", "verb": verb, "data": data}, "trigger": trigger},
	})
}

// submit clicks a button as Action.Submit: a message with a value.
func (h *house) submit(who someone, card shown, title string, inputs map[string]string) {
	h.t.Helper()
	if !card.offers(title) {
		card = h.seen(who, card)
	}
	button := card.button(title)
	fallback, _ := button["fallback"].(map[string]any)
	h.turn(h.activity("message", who, map[string]any{"replyToId": card.id, "value": card.merged(fallback, inputs)}))
	h.work()
}
