package store_test

import (
	"errors"
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

func TestARouteIsKeptByLevelAndTenant(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		first := ticket.Route{
			Place: ticket.Place{Tenant: "one", Conversation: "19:dev"}, Level: ticket.Dev,
			People: []ticket.Person{{ID: "kim", Name: "Kim \"K\" O'Neil"}, {ObjectID: "oid-per"}}, Mail: "dev@contoso.example",
			By: ticket.Person{ID: "lea", Name: "Lea"}, At: at,
		}
		board := ticket.Route{Place: ticket.Place{Tenant: "one", Conversation: "19:board"}, Level: ticket.Management, At: at}
		senior := ticket.Route{Place: ticket.Place{Tenant: "one", Conversation: "19:senior", Thread: "7"}, Level: ticket.Senior, At: at}
		elsewhere := ticket.Route{Place: ticket.Place{Tenant: "two", Conversation: "19:dev"}, Level: ticket.Dev, At: at}
		second := first
		second.People, second.Conversation = first.People[:1], "19:other"
		inTx(t, db, func(tx ticket.Tx) error {
			var err error
			for _, route := range []ticket.Route{board, first, elsewhere, senior, second} {
				err = errors.Join(err, tx.SaveRoute(t.Context(), route))
			}
			return err
		})
		routes, err := db.Routes(t.Context(), "one")
		ok(t, err)
		equal(t, routes, []ticket.Route{senior, second, board})
		inTx(t, db, func(tx ticket.Tx) error { return tx.EndRoute(t.Context(), "one", ticket.Dev) })
		_, has, err := db.Route(t.Context(), "one", ticket.Dev)
		ok(t, err)
		other, hasOther, err := db.Route(t.Context(), "two", ticket.Dev)
		ok(t, err)
		if has || !hasOther {
			t.Errorf("after the end: %v and %v", has, hasOther)
		}
		equal(t, other, elsewhere)
	})
}

func TestATicketHasOneDraftInWorkForEachReaderAndKeepsAllThatWereSent(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("one", "Invoices"))
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		draft := ticket.Draft{
			ID: made.ID, Reader: ticket.ForManagement, By: ticket.Person{ID: "ana", Name: "Ana"}, At: at,
			DraftBody: ticket.DraftBody{
				Parts: map[ticket.PartID]string{ticket.PartSituation: "a\x00b <b>\"'"}, Level: ticket.Management,
				Reasons: []ticket.Reason{ticket.NeedsApproval}, Options: []ticket.Option{{Words: "Roll back", Consequence: "20 minutes"}}, DecideBy: &at,
			},
		}
		inTx(t, db, func(tx ticket.Tx) error { return tx.SaveDraft(t.Context(), &draft) })
		if draft.DraftID == 0 || draft.Version != 1 {
			t.Fatalf("it got the id %d and the version %d", draft.DraftID, draft.Version)
		}
		rival := draft
		rival.DraftID, rival.Version = 0, 0
		wantKind(t, save(t, db, &rival), ticket.Stale)

		late := draft
		draft.Parts = map[ticket.PartID]string{ticket.PartSituation: "better"}
		ok(t, save(t, db, &draft))
		wantKind(t, save(t, db, &late), ticket.Stale)
		got, has, err := db.Draft(t.Context(), made.ID, ticket.ForManagement, "")
		ok(t, err)
		if !has {
			t.Fatal("it is not there")
		}
		equal(t, got, draft)

		sent := at.Add(time.Hour)
		draft.SentAt, draft.Whole = &sent, "The whole text."
		ok(t, save(t, db, &draft))
		wantKind(t, save(t, db, &draft), ticket.Stale) // what was sent stays as it is
		if _, has, err = db.Draft(t.Context(), made.ID, ticket.ForManagement, ""); has || err != nil {
			t.Errorf("one is in work: %v, %v", has, err)
		}
		later, next := sent.Add(time.Minute), ticket.Draft{ID: made.ID, Reader: ticket.ForManagement, At: at}
		next.SentAt = &later
		ok(t, save(t, db, &next))
		texts, err := db.Texts(t.Context(), made.ID, 10)
		ok(t, err)
		equal(t, texts, []ticket.Draft{next, draft})
		read, err := db.Text(t.Context(), "one", draft.DraftID)
		ok(t, err)
		equal(t, read, draft)
		_, err = db.Text(t.Context(), "two", draft.DraftID)
		wantKind(t, err, ticket.NotFound)

		gone := ticket.Draft{ID: made.ID, Reader: ticket.ForCustomer, Kind: ticket.TextUpdate, At: at}
		ok(t, save(t, db, &gone))
		inTx(t, db, func(tx ticket.Tx) error {
			return errors.Join(tx.EndDraft(t.Context(), "one", gone.DraftID), tx.EndDraft(t.Context(), "one", draft.DraftID))
		})
		_, err = db.Text(t.Context(), "one", gone.DraftID)
		wantKind(t, err, ticket.NotFound)
		_, err = db.Text(t.Context(), "one", draft.DraftID)
		ok(t, err)
		wantKind(t, save(t, db, &ticket.Draft{ID: ticket.ID{Tenant: "one", Number: 99}, Reader: ticket.ForDev, At: at}), ticket.NotFound)
	})
}

func save(t *testing.T, db *store.DB, draft *ticket.Draft) error {
	t.Helper()
	return db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.SaveDraft(t.Context(), draft) })
}

func TestTheMessageThatATicketWasOpenedFromIsKept(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		from := fresh("one", "Invoices")
		from.Origin = &ticket.Origin{
			Conversation: "19:desk", Message: "1611060744833", Link: "https://teams.microsoft.com/l/message/19:desk/1611060744833",
			Reporter: "Ben Ng", At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		}
		made := create(t, db, from)
		read, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, read.Origin, from.Origin)
		other, err := db.Ticket(t.Context(), create(t, db, fresh("one", "Mail")).ID)
		ok(t, err)
		if other.Origin != nil {
			t.Errorf("a ticket of no message was opened from %+v", other.Origin)
		}
	})
}

func TestWhatIsGatheredAndTheEscalationOfAPostAreKept(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := create(t, db, fresh("one", "Invoices"))
		made.Gathered = map[ticket.FactID]ticket.Fact{"steps": {Words: "1. Post it.", Files: []int64{3}, Source: ticket.Source{
			By: ticket.Person{ID: "ana", Name: "Ana"}, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Item: ticket.ItemReproduce,
		}}}
		place := ticket.Place{Tenant: "one", Conversation: "19:dev"}
		inTx(t, db, func(tx ticket.Tx) error {
			if err := tx.Save(t.Context(), made, line(2, "a fact")); err != nil {
				return err
			}
			post := ticket.Post{Place: place, Number: made.Number, Purpose: ticket.PurposeEscalation, Subject: 2}
			return tx.AddPost(t.Context(), &post)
		})
		read, err := db.Ticket(t.Context(), made.ID)
		ok(t, err)
		equal(t, read.Gathered, made.Gathered)
		posts, err := db.Posts(t.Context(), made.ID)
		ok(t, err)
		if len(posts) != 1 || posts[0].Purpose != ticket.PurposeEscalation || posts[0].Subject != 2 {
			t.Errorf("the posts are %+v", posts)
		}
	})
}
