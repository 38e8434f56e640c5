package ticket

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// BoardAge is how long a board follows the tickets after somebody has asked for
// it or turned it. It keeps a board that nobody reads from being edited forever.
const BoardAge = 24 * time.Hour

// BoardPause is the least time between two edits of a board that follows: many
// changes in it are one edit.
const BoardPause = 2 * time.Second

// View says which of the open tickets a board shows. The zero View shows all.
type View struct {
	// Owner is whose tickets are shown; nil for everybody's.
	Owner *Person `json:"owner,omitempty"`
	// Unowned leaves tickets that nobody owns.
	Unowned bool `json:"unowned,omitempty"`
	// Late leaves tickets whose next clock is over.
	Late bool `json:"late,omitempty"`
	// Escalated leaves tickets with an open escalation.
	Escalated bool `json:"escalated,omitempty"`
	// Class leaves tickets of one class; empty for all.
	Class Class `json:"class,omitempty"`
	// Word has to stand in the title, the customer or the number; empty for any.
	Word string `json:"word,omitempty"`
}

// All tells whether the view leaves nothing out.
func (v View) All() bool { return v == View{} }

// Query gives the question that the view stands for.
func (v View) Query(tenant string, now time.Time) Query {
	query := Query{Tenant: tenant, Open: true, Unowned: v.Unowned, Escalated: v.Escalated, Class: v.Class, Word: v.Word}
	if v.Owner != nil {
		query.Owner = v.Owner.ID
	}
	if v.Late {
		query.Late = now
	}
	return query
}

// Board is the message of the bot that shows the open tickets in a place. There
// is one in each place, the same for everybody there.
type Board struct {
	Place
	// Round counts the boards that were asked for in the place.
	Round int64
	// Activity is the channel's id of the message; empty while it is not sent yet.
	Activity string
	View     View
	// Page is the page that is shown, from 0.
	Page int
	// Asked is when somebody asked for the board or last turned it.
	Asked time.Time
	// Drawn is when the message was last sent or edited; zero where it was not.
	Drawn time.Time
	// Due tells that a job will draw the board: it need not be asked for another.
	Due bool
	// Held is until when one worker has the board for itself; zero when none has.
	Held time.Time
}

// Follows tells whether the board still follows the tickets.
func (b Board) Follows(now time.Time) bool { return now.Before(b.Asked.Add(BoardAge)) }

// Overview is what a board shows: how many tickets there are, and one page of them.
type Overview struct {
	// Counts has those that are not zero, most urgent class first.
	Counts []Count
	// Skip is how many tickets come before those of the page. It is less than
	// what was asked for where there are not so many any more.
	Skip    int
	Tickets []*Ticket
}

// Total gives how many tickets there are on all pages.
func (o Overview) Total() int {
	total := 0
	for _, count := range o.Counts {
		total += count.Tickets
	}
	return total
}

// Count is how many tickets of a class are in a step.
type Count struct {
	Class   Class
	Step    Step
	Tickets int
}

// ShowBoard has a board sent to the place. The one before it is retired.
func (d *Desk) ShowBoard(ctx context.Context, place Place, view View) error {
	now := d.now()
	err := d.Store.InTx(ctx, func(tx Tx) error {
		old, _, err := tx.LockBoard(ctx, place)
		if err != nil {
			return err
		}
		board := Board{Place: place, View: view, Asked: now}
		if err := tx.AddBoard(ctx, &board); err != nil {
			return err
		}
		tasks := []Task{
			{Job: PostBoard{Place: place, Round: board.Round}},
			{Job: RestBoard{Place: place, Round: board.Round}, At: now.Add(BoardAge)},
		}
		if old.Activity != "" {
			tasks = append(tasks, Task{Job: RetireBoard{Place: place, Activity: old.Activity}})
		}
		return tx.Later(ctx, tasks...)
	})
	if err != nil {
		return fmt.Errorf("show a board: %w", err)
	}
	return nil
}

// TurnBoard changes what the board of a place shows, for everybody there. It
// gives false where the message is not the board of the place. A board that
// Teams shows before its id is known here is known by its round.
func (d *Desk) TurnBoard(
	ctx context.Context, place Place, activity string, round int64, how func(*Board),
) (board Board, found bool, err error) {
	err = d.Store.InTx(ctx, func(tx Tx) error {
		var err error
		board, found, err = tx.LockBoard(ctx, place)
		same := board.Activity == activity
		if board.Activity == "" {
			same = board.Round == round
		}
		if found = found && same; err != nil || !found {
			return err
		}
		rested := !board.Follows(d.now())
		how(&board)
		board.Asked = d.now()
		if err := tx.SaveBoard(ctx, board); err != nil {
			return err
		}
		tasks := []Task{{Job: RefreshBoard{Place: place, Round: board.Round, Turned: true}}}
		if rested {
			tasks = append(tasks, Task{Job: RestBoard{Place: place, Round: board.Round}, At: d.now().Add(BoardAge)})
		}
		return tx.Later(ctx, tasks...)
	})
	if err != nil {
		return Board{}, false, fmt.Errorf("turn a board: %w", err)
	}
	return board, found, nil
}

// BoardsFollow has the boards of a tenant follow a change of its tickets. A
// board that is to be drawn already is left alone. It costs one question where
// there is none to draw.
func (d *Desk) BoardsFollow(ctx context.Context, tenant string) error {
	since := d.now().Add(-BoardAge)
	waiting, err := d.Store.BoardsWait(ctx, tenant, since)
	if err != nil || !waiting {
		return err
	}
	err = d.Store.InTx(ctx, func(tx Tx) error {
		boards, err := tx.BoardsDue(ctx, tenant, since)
		if err != nil {
			return err
		}
		tasks := make([]Task, len(boards))
		for i, board := range boards {
			tasks[i] = Task{Job: RefreshBoard{Place: board.Place, Round: board.Round}}
		}
		return tx.Later(ctx, tasks...)
	})
	if err != nil {
		return fmt.Errorf("have boards follow: %w", err)
	}
	return nil
}

// HoldBoard gives a sent board to the one who draws it, and holds it until the
// given time: no other worker draws it meanwhile, so that an older state never
// comes after a newer one. It gives false where there is nothing to draw: the
// board was retired, or another worker has drawn what has changed, and nobody
// insists. What changes while the board is held makes it due again.
func (d *Desk) HoldBoard(ctx context.Context, place Place, round int64, insist bool, until time.Time) (board Board, ok bool, err error) {
	now := d.now()
	err = d.Store.InTx(ctx, func(tx Tx) error {
		var err error
		board, ok, err = tx.LockBoard(ctx, place)
		// A worker that was killed has left its hold, and what it was to draw.
		left := !board.Held.IsZero()
		if ok = ok && board.Round == round && (board.Due || left || insist); err != nil || !ok {
			return err
		}
		switch {
		case board.Activity == "":
			return &Postponed{After: time.Second, Cause: errors.New("the board is not sent yet")}
		case board.Held.After(now):
			return &Postponed{After: time.Second, Cause: errors.New("another worker holds the board")}
		}
		if wait := board.Drawn.Add(BoardPause).Sub(now); wait > 0 && !insist {
			return &Postponed{After: wait, Cause: errors.New("the board was drawn a moment ago")}
		}
		board.Held, board.Due = until, false
		return tx.SaveBoard(ctx, board)
	})
	if err != nil {
		return Board{}, false, fmt.Errorf("hold a board: %w", err)
	}
	return board, ok, nil
}

// BoardSent notes that a board was sent. One whose place another has taken
// meanwhile is retired.
func (d *Desk) BoardSent(ctx context.Context, board Board) error {
	return d.free(ctx, board, func(now *Board) { now.Activity, now.Drawn = board.Activity, d.now() })
}

// BoardDrawn lets go of a board that was drawn. One whose place another has
// taken meanwhile is retired once more.
func (d *Desk) BoardDrawn(ctx context.Context, board Board) error {
	return d.free(ctx, board, func(now *Board) { now.Drawn = d.now() })
}

// BoardMissed lets go of a board that could not be drawn; it stays due.
func (d *Desk) BoardMissed(ctx context.Context, board Board) error {
	return d.free(ctx, board, func(now *Board) { now.Due = true })
}

func (d *Desk) free(ctx context.Context, board Board, how func(*Board)) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		now, ok, err := tx.LockBoard(ctx, board.Place)
		if err != nil {
			return err
		}
		if !ok || now.Round != board.Round {
			return tx.Later(ctx, Task{Job: RetireBoard{Place: board.Place, Activity: board.Activity}})
		}
		now.Held = time.Time{}
		how(&now)
		return tx.SaveBoard(ctx, now)
	})
	if err != nil {
		return fmt.Errorf("let go of a board: %w", err)
	}
	return nil
}

// ForgetBoard forgets a board whose message is gone.
func (d *Desk) ForgetBoard(ctx context.Context, board Board) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		now, ok, err := tx.LockBoard(ctx, board.Place)
		if err != nil || !ok || now.Round != board.Round {
			return err
		}
		return tx.ForgetBoard(ctx, board.Place)
	})
	if err != nil {
		return fmt.Errorf("forget a board: %w", err)
	}
	return nil
}

// PostBoard sends the board of a place as a new message.
type PostBoard struct {
	Place
	Round int64 `json:"round"`
}

// RefreshBoard draws the board of a place anew.
type RefreshBoard struct {
	Place
	Round int64 `json:"round"`
	// Turned tells that somebody waits to see it: it is drawn without a pause.
	Turned bool `json:"turned,omitempty"`
}

// RestBoard draws a board for the last time: from then on it follows no more.
type RestBoard struct {
	Place
	Round int64 `json:"round"`
}

// RetireBoard puts a notice in the place of a board that is shown further down
// in the same conversation now.
type RetireBoard struct {
	Place
	Activity string `json:"activity"`
}

// Kind gives the stored word of the job.
func (PostBoard) Kind() string { return "board.post" }

// Kind gives the stored word of the job.
func (RefreshBoard) Kind() string { return "board.refresh" }

// Kind gives the stored word of the job.
func (RestBoard) Kind() string { return "board.rest" }

// Kind gives the stored word of the job.
func (RetireBoard) Kind() string { return "board.retire" }
