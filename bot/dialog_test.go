package bot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// fetches has a person press a button that opens a dialog, and submits has them
// send the form in it; both give the body of the answer.
func (h *house) fetches(who someone, data map[string]any) string {
	return h.step("task/fetch", who, data)
}

func (h *house) submits(who someone, data map[string]any) string {
	return h.step("task/submit", who, data)
}

func (h *house) step(name string, who someone, data map[string]any) string {
	h.t.Helper()
	return bodyOf(h, h.turn(h.activity("invoke", who, map[string]any{"name": name, "value": map[string]any{"data": data}})))
}

// bodyOf gives an answer as JSON; that of a dialog which closes is an empty object.
func bodyOf(h *house, answer teams.Answer) string {
	h.t.Helper()
	body, err := json.Marshal(answer.Value)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(body)
}

func TestAButtonOfAnOlderHandrailSaysSoInADialog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, data := range []map[string]any{nil, {"verb": "nothing.open"}, {"verb": 5}} {
		for _, body := range []string{h.fetches(ana, data), h.submits(ana, data)} {
			if !strings.Contains(body, "from an older Handrail") {
				t.Errorf("%v is answered with %s", data, body)
			}
		}
	}
}

func TestADialogAboutNoTicketSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, verb := range []string{"item.open", "draft.open", "escalate.open", "article.open", "message.answer.open", "escalation.ask.open"} {
		body := h.fetches(ana, map[string]any{"verb": verb, "ticket": "T-9", "item": "reproduce"})
		if !strings.Contains(body, `{"task":{"type":"message","value":"`) {
			t.Errorf("%s is answered with %s", verb, body)
		}
	}
}

// fullStore is a store that keeps nothing more.
type fullStore struct{ ticket.Store }

func (fullStore) InTx(context.Context, func(ticket.Tx) error) error { return errFull }

var errFull = errors.New("the disk is full")

func TestASubmitThatFailsOnOurSideLeavesTheDialogAsItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	data := map[string]any{"verb": "intake.save", "once": "k", "title": "Invoices", "customer": "Contoso", "details": "Error", "users": "12"}
	h.bot.desk.Store = fullStore{h.store}
	_, err := h.bot.Turn(h.ctx(), h.activity("invoke", ana, map[string]any{"name": "task/submit", "value": map[string]any{"data": data}}))
	if !errors.Is(err, errFull) {
		t.Errorf("the turn gave the error %v", err)
	}
}
