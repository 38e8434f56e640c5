package bot

import (
	"maps"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

// extends has a person use the message extension where the house is, and gives the answer.
func (h *house) extends(name string, who someone, value map[string]any, more map[string]any) string {
	h.t.Helper()
	fields := map[string]any{"name": name, "value": value}
	maps.Copy(fields, more)
	answer := h.turn(h.activity("invoke", who, fields))
	return bodyOf(h, answer)
}

// filledIn is the form of a ticket as it is sent from the message extension.
func filledIn(more map[string]any) map[string]any {
	data := map[string]any{"verb": "intake.save", "once": "k", "title": "Invoices", "customer": "Contoso", "details": "Error", "users": "12"}
	maps.Copy(data, more)
	return map[string]any{"data": data}
}

func TestTheBotIsAMemberOfEveryOpenChannelOfItsTeam(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		channel map[string]any
		member  bool
	}{
		"of the team":       {map[string]any{"id": "19:other@thread.tacv2", "type": "standard"}, true},
		"of an old client":  {map[string]any{"id": "19:other@thread.tacv2"}, true},
		"private":           {map[string]any{"id": "19:other@thread.tacv2", "type": "private"}, false},
		"shared with teams": {map[string]any{"id": "19:other@thread.tacv2", "type": "shared"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.conversation, h.kind = "19:general@thread.tacv2", "channel"
			team := map[string]any{"id": "19:general@thread.tacv2"}
			h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add", "channelData": map[string]any{"team": team}}))
			h.conversation = "19:other@thread.tacv2"
			source := `{"conversation":"19:other@thread.tacv2","message":"17","thread":"16"}`
			body := h.extends("composeExtension/submitAction", ana, filledIn(map[string]any{"source": source}),
				map[string]any{"channelData": map[string]any{"team": team, "channel": c.channel}})
			if outside := strings.Contains(body, "I can write neither here nor to you"); outside == c.member {
				t.Fatalf("it is answered with %s", body)
			}
			place := ticket.Place{Tenant: tenant, Conversation: "19:other@thread.tacv2", Thread: "16"}
			if _, learnt, err := h.store.Address(h.ctx(), place); err != nil || learnt != c.member {
				t.Errorf("the thread is learnt: %t (%v)", learnt, err)
			}
		})
	}
}

func TestAChatOfTwoPeopleIsNotTakenForTheChatWithTheBot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.conversation, h.kind = "19:ana_ben@unq.gbl.spaces", "personal"
	if body := h.extends("composeExtension/fetchTask", ana, map[string]any{"commandId": "createTicket"}, nil); !strings.Contains(body, "New ticket") {
		t.Errorf("it is answered with %s", body)
	}
	if address, known, err := h.store.PersonalAddress(h.ctx(), tenant, ana.id); known || err != nil {
		t.Errorf("Ana is written to at %+v (%v)", address, err)
	}
}

func TestAConversationStaysOfItsKindWhereAClientDoesNotSayIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
	h.kind = ""
	if body := h.extends("composeExtension/submitAction", ana, filledIn(nil), nil); !strings.Contains(body, "is open. Its card comes below") {
		t.Errorf("it is answered with %s", body)
	}
	address, _, err := h.store.Address(h.ctx(), ticket.Place{Tenant: tenant, Conversation: group})
	if err != nil || address.Kind != ticket.Group {
		t.Errorf("the group chat is learnt as %+v (%v)", address, err)
	}
}

func TestAForgedSourceOpensATicketAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.turn(h.activity("installationUpdate", ana, map[string]any{"action": "add"}))
	for _, source := range []string{`x`, `[]`, `{"files":5}`, `{"message":"1","link":"javascript:x","files":[{"name":"a","url":"http://169.254.169.254/"},{"name":"b","url":"x","link":true}]}`} {
		body := h.extends("composeExtension/submitAction", ana, filledIn(map[string]any{"source": source, "once": "k " + source, fieldAlike: alikeNew}), nil)
		if !strings.Contains(body, "is open. Its card comes below") {
			t.Errorf("%s is answered with %s", source, body)
		}
	}
	if last := h.ticket(4); last.Origin == nil || last.Origin.Link != "" || last.Files != 0 {
		t.Errorf("the ticket is %+v", last)
	}
}
