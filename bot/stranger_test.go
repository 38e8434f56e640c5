package bot

import (
	"maps"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

func TestAForgedButtonChangesNothingOfAnotherPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := newWay(h).card
	h.says(ben, "help")
	h.says(lena, "help")
	h.says(ana, "away until Monday @"+lena.name, lena)
	before := h.ticket(1)
	of := func(more map[string]any) map[string]any {
		data := map[string]any{"ticket": "T-1", "version": before.Version, "once": "forged"}
		maps.Copy(data, more)
		return data
	}
	for name, forged := range map[string]struct {
		verb string
		data map[string]any
		want string
	}{
		"a status":                {"status.save", of(map[string]any{"words": "All is well."}), "T-1 belongs to Ana Ng."},
		"its form":                {"status.open", of(nil), "T-1 belongs to Ana Ng."},
		"a snooze":                {"snooze.save", of(map[string]any{"item": "customer", "until": "1h", "reason": "x"}), "T-1 belongs to Ana Ng."},
		"a handover":              {"handover.save", of(map[string]any{"person": ben.id}), "T-1 belongs to Ana Ng."},
		"its own form":            {"handover.open", of(nil), "T-1 belongs to Ana Ng."},
		"a handover of a list":    {"handover.save", map[string]any{"tickets": "T-1,T-1,T-99", "person": lena.id, "once": "f"}, "No ticket was handed over."},
		"a handover of her name":  {"handover.save", map[string]any{"whose": ana.id, "person": ben.id, "once": "f"}, "This belongs to somebody else."},
		"a handover of everybody": {"handover.save", map[string]any{"whose": ben.id, "person": lena.id, "once": "f"}, "You own no open ticket"},
		"the form that she left":  {"form.cancel", map[string]any{"whose": ana.id}, "This belongs to somebody else."},
		"her absence":             {"away.save", map[string]any{"whose": ana.id, "person": ben.id}, "This belongs to somebody else."},
		"an absence of nobody":    {"away.save", map[string]any{"person": ana.id, "choice": "tickets"}, "You are not away."},
		"her return":              {"away.back", map[string]any{"whose": ana.id}, "This belongs to somebody else."},
		"a return of nobody":      {"away.back", nil, "You are not away."},
	} {
		if got := h.execute(ben, card.id+"x", forged.verb, forged.data); !strings.Contains(got.text, forged.want) && !got.card.says(forged.want) {
			t.Errorf("%s: he sees %q %s", name, got.text, got.card.raw)
		}
	}
	after := h.ticket(1)
	if after.Version != before.Version || after.StatusText != "" || len(after.Snoozes) > 0 || !after.OwnedBy(ticket.Person{ID: ana.id}) {
		t.Errorf("the ticket is %+v", after)
	}
	if away, ok, err := h.store.Absence(h.ctx(), tenant, ana.id); err != nil || !ok || away.StandIn == nil || away.StandIn.ID != lena.id {
		t.Errorf("her absence is %+v, %v, %v", away, ok, err)
	}
}

func TestAForgedButtonReachesNoOtherConversation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	h.says(ana, "follow expedite")
	h.says(ana, "follow T-1")
	h.says(ana, "quiet 20:00-07:00")
	h.says(ana, "board late")
	board := h.chat.last()
	drawn := string(board.raw)
	there := map[string]any{"conversation": h.conversation, "place": h.conversation, "whose": ana.id, "item": everything}
	h.within("19:elsewhere@thread.v2", func() {
		h.execute(ben, board.id, "list.show", map[string]any{"list": "board", "filter": "all", "version": 1})
		h.execute(ben, "x", "follow.end", there)
		h.execute(ben, "x", "quiet.end", there)
		there["ticket"] = "T-1"
		h.execute(ben, "x", "follow.end", there)
	})
	follows, err := h.store.Follows(h.ctx(), h.place())
	if err != nil || len(follows) != 2 {
		t.Errorf("the follows are %+v, %v", follows, err)
	}
	if _, ok, err := h.store.Quiet(h.ctx(), tenant, h.conversation); err != nil || !ok {
		t.Errorf("the quiet hours are gone: %v", err)
	}
	kept, _, err := h.store.Board(h.ctx(), h.place())
	if now := string(h.chat.message(board.id).raw); err != nil || !kept.View.Late || now != drawn {
		t.Errorf("the board is %+v, %v, and shows %s", kept, err, now)
	}
}

func TestAForgedButtonReachesNoOtherTenant(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.opened(ana, nil)
	before := h.ticket(1)
	h.tenant = "tenant-2"
	for verb, data := range map[string]map[string]any{
		"status.save":   {"words": "All is well."},
		"snooze.save":   {"item": "acknowledge", "until": "1h", "reason": "x"},
		"handover.open": {},
		"handover.save": {"person": ana.id},
		"ticket.post":   {},
	} {
		maps.Copy(data, map[string]any{"ticket": "T-1", "version": before.Version, "once": "forged"})
		if got := h.execute(lena, "1", verb, data); !strings.Contains(got.text, "There is no ticket T-1 here.") && !got.card.says("There is no ticket T-1 here.") {
			t.Errorf("%s: she sees %q %s", verb, got.text, got.card.raw)
		}
	}
	h.tenant = tenant
	if after := h.ticket(1); after.Version != before.Version {
		t.Errorf("the ticket is %+v", after)
	}
}

func TestAForgedButtonTakesNoTicketsCardAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	card := h.opened(ana, nil)
	h.execute(ben, card.id, "form.cancel", map[string]any{"whose": ben.id})
	h.execute(ben, card.id, "intake.cancel", nil)
	h.chat.message(card.id).expect("T-1", "Invoices cannot be posted")
}
