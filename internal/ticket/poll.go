package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Times of polling.
const (
	// pollEvery is how often the system of record is asked what is new, and pollSlow how
	// often at least while it gives no answer.
	pollEvery = 20 * time.Second
	pollSlow  = time.Minute
	// pollLease is how long a poll may take until another takes its place.
	pollLease = time.Minute
	// pollFor is how long a poll goes on reading: a job has half a minute.
	pollFor = 10 * time.Second
	// pollGap is the least time between two polls that were asked for.
	pollGap = 2 * time.Second
	// lateCommit is for how long something may appear in the system behind what was read
	// already: its times and ids are those of the beginning of a transaction. Odoo ends
	// what takes longer than two minutes (limit_time_real).
	lateCommit = 150 * time.Second
)

const (
	// pollPage is how much is asked for at once.
	pollPage = 200
)

// Polling is how far the system of record was read. It is stored as JSON: add to it,
// never rename.
type Polling struct {
	// Round is that of the one poll which is to be done next: any other is none.
	Round int64 `json:"round,omitempty"`
	// Busy tells that a poll is under way, and Hinted that another was asked for.
	Busy   bool `json:"busy,omitempty"`
	Hinted bool `json:"hinted,omitempty"`
	// From is how far the system had come when it was polled first; nil before that.
	From *RecordMark `json:"from,omitempty"`

	// Clock is a time that the system's clock has passed, and Passed how long polling goes
	// on, both as far as is certain: EndedAt is when a poll ended last.
	Clock   time.Time     `json:"clock,omitzero"`
	Passed  time.Duration `json:"passed,omitempty"`
	EndedAt time.Time     `json:"ended_at,omitzero"`
	// Changed and Heard are where the walk through changes and messages stands that is
	// under way; zero for none.
	Changed *Changed `json:"changed,omitempty"`
	Heard   int64    `json:"heard,omitempty"`
	// Settled is the id of a message up to which no other can appear, and Marks say up to
	// which ids messages were read later than that.
	Settled int64      `json:"settled,omitempty"`
	Marks   []PollMark `json:"marks,omitempty"`

	// Failures counts the polls without an answer since the last one that had any, and
	// Trouble says why.
	Failures int           `json:"failures,omitempty"`
	Trouble  RecordTrouble `json:"trouble,omitempty"`
}

// Changed names the last change that was read.
type Changed struct {
	At     time.Time `json:"at"`
	Record int64     `json:"record"`
}

// PollMark says up to which message was read at the end of a poll.
type PollMark struct {
	Message int64         `json:"message"`
	Passed  time.Duration `json:"passed"`
}

// PollRecords asks the system of record what is new. There is one chain of these
// jobs, however many processes there are: only that with the stored round does
// anything, and it leaves the next one.
type PollRecords struct {
	Round int64 `json:"round"`
}

// Kind gives the stored word of the job.
func (PollRecords) Kind() string { return "record.poll" }

// next gives the next link of the chain, in place of all that are on their way.
func (p *Polling) next(at time.Time) Task {
	p.Round++
	return Task{Job: PollRecords{Round: p.Round}, At: at}
}

// StartPolling has the system of record polled from now on.
func (d *Desk) StartPolling(ctx context.Context) error {
	if d.Records == nil {
		return nil
	}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		p, err := tx.LockPolling(ctx)
		if err != nil {
			return err
		}
		p.Busy, p.Hinted = false, false
		return d.chain(ctx, tx, p, d.now())
	})
	if err != nil {
		return fmt.Errorf("start to poll the system of record: %w", err)
	}
	return nil
}

// HintRecords has the system of record polled now, as something may be new. Many
// hints lead to one poll.
func (d *Desk) HintRecords(ctx context.Context) error {
	if d.Records == nil {
		return nil
	}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		p, err := tx.LockPolling(ctx)
		if err != nil || p.Hinted {
			return err
		}
		p.Hinted = true
		if p.Busy { // when it has ended it begins anew
			return tx.SavePolling(ctx, p)
		}
		return d.chain(ctx, tx, p, latest(d.now(), p.EndedAt.Add(pollGap)))
	})
	if err != nil {
		return fmt.Errorf("take a hint of the system of record: %w", err)
	}
	return nil
}

// chain stores how far polling is, with the next link of the chain.
func (d *Desk) chain(ctx context.Context, tx Tx, p Polling, at time.Time) error {
	task := p.next(at)
	if err := tx.SavePolling(ctx, p); err != nil {
		return err
	}
	return tx.Later(ctx, task)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// errOtherPoll ends a poll whose place another has taken.
var errOtherPoll = errors.New("another poll goes on")

// Polled is what a poll tells whoever keeps the log.
type Polled struct {
	// Trouble is why the system gives no answer, where it gave one before or for another
	// reason; Again tells that it answers again, after this many polls without an answer.
	Trouble *RecordError
	Again   int
}

// Poll does the job of asking the system of record what is new. What follows from a
// page is stored with how far was read, so that a poll which is killed is gone on
// with and nothing is lost. While the system gives no answer it is asked less often.
func (d *Desk) Poll(ctx context.Context, job PollRecords) (polled Polled, err error) {
	if d.Records == nil {
		return polled, nil // it was switched off
	}
	p, err := d.beginPoll(ctx, job)
	if err != nil {
		return polled, settled(err)
	}
	failure := d.walk(ctx, &p)
	refused, ok := errors.AsType[*RecordError](failure)
	if failure != nil && !ok {
		return polled, settled(failure)
	}
	if refused != nil && refused.Why != p.Trouble {
		polled.Trouble = refused
	}
	if refused == nil {
		polled.Again = p.Failures
	}
	return polled, settled(d.endPoll(ctx, p, refused))
}

// settled gives nil for a poll that has nothing to do.
func settled(err error) error {
	if errors.Is(err, errOtherPoll) {
		return nil
	}
	if err != nil {
		// It has to go on, whatever it is: a job that failed too often is given up.
		return &Postponed{After: pollEvery, Turn: true, Cause: fmt.Errorf("poll the system of record: %w", err)}
	}
	return nil
}

// beginPoll takes the poll on, and leaves the one that goes on where this one dies.
func (d *Desk) beginPoll(ctx context.Context, job PollRecords) (p Polling, err error) {
	err = d.Store.InTx(ctx, func(tx Tx) error {
		if p, err = tx.LockPolling(ctx); err != nil {
			return err
		}
		if p.Round != job.Round {
			return errOtherPoll
		}
		p.Busy, p.Hinted = true, false
		if !p.EndedAt.IsZero() {
			// A clock that was set forward must not have anything left out.
			passed := min(max(d.now().Sub(p.EndedAt), 0), pollSlow)
			p.Passed += passed
			p.Clock = p.Clock.Add(passed)
		}
		task := p.next(d.now().Add(pollLease))
		if err := tx.SavePolling(ctx, p); err != nil {
			return err
		}
		return tx.Later(ctx, task)
	})
	return p, err
}

// endPoll leaves the next poll.
func (d *Desk) endPoll(ctx context.Context, ended Polling, refused *RecordError) error {
	now := d.now()
	wait := pollEvery
	ended.Failures, ended.Trouble = ended.Failures+1, ""
	if refused == nil {
		ended.Failures = 0
	} else {
		ended.Trouble = refused.Why
		d.gate.heard(now, refused) // nobody else in this process need ask meanwhile
		wait = min(max(pollEvery<<min(ended.Failures-1, 4), refused.After), pollSlow)
	}
	return d.keepPoll(ctx, &ended, func(tx Tx, p *Polling) error {
		ended.Busy, ended.Hinted, ended.EndedAt = false, false, now
		if refused == nil && d.gate.heard(now, nil) { // those that wait longer than need be now
			if err := tx.Later(ctx, Task{Job: RepairRecords{Waiting: true}}); err != nil {
				return err
			}
		}
		at := now.Add(wait)
		if refused == nil && (p.Hinted || p.Changed != nil || p.Heard != 0) {
			at = now.Add(pollGap)
		}
		return tx.Later(ctx, ended.next(at))
	})
}

// keepPoll stores how far a poll has come with what follows from that, unless another
// has taken its place.
func (d *Desk) keepPoll(ctx context.Context, p *Polling, follow func(tx Tx, stored *Polling) error) error {
	return d.Store.InTx(ctx, func(tx Tx) error {
		stored, err := tx.LockPolling(ctx)
		if err != nil {
			return err
		}
		if stored.Round != p.Round {
			return errOtherPoll
		}
		p.Hinted = stored.Hinted
		if err := follow(tx, &stored); err != nil {
			return err
		}
		return tx.SavePolling(ctx, *p)
	})
}

// walk reads what is new, a page at a time.
func (d *Desk) walk(ctx context.Context, p *Polling) error {
	if p.From == nil {
		mark, err := d.Records.Newest(ctx)
		if err != nil {
			return err
		}
		p.From, p.Clock, p.Settled = &mark, mark.WrittenAt, mark.Message
		return nil
	}
	until := d.now().Add(pollFor)
	if err := d.walkChanges(ctx, p, until); err != nil {
		return err
	}
	return d.walkMessages(ctx, p, until)
}

func (d *Desk) walkChanges(ctx context.Context, p *Polling, until time.Time) error {
	for {
		at := Changed{At: latest(p.Clock.Add(-lateCommit), p.From.WrittenAt)}
		if p.Changed != nil {
			at = *p.Changed
		}
		page, err := d.Records.Changed(ctx, at.At, at.Record, pollPage)
		if err != nil {
			return err
		}
		p.Changed = nil
		if len(page) > 0 {
			last := page[len(page)-1]
			p.Clock = latest(p.Clock, last.WrittenAt)
			if len(page) >= pollPage/2 { // some are left out, of which nothing is told
				p.Changed = &Changed{At: last.WrittenAt, Record: last.Number}
			}
		}
		if err := d.keepPoll(ctx, p, func(tx Tx, _ *Polling) error { return d.noteChanges(ctx, tx, *p, page) }); err != nil {
			return err
		}
		if p.Changed == nil || d.now().After(until) {
			return nil
		}
	}
}

func (d *Desk) walkMessages(ctx context.Context, p *Polling, until time.Time) error {
	for {
		after := max(p.Heard, p.Settled)
		page, err := d.Records.Messages(ctx, after, pollPage)
		if err != nil {
			return err
		}
		p.Heard = 0
		if len(page) > 0 { // how many were looked at is not told
			after = page[len(page)-1].Number
			p.Heard = after
		} else {
			p.settle(after)
		}
		if err := d.keepPoll(ctx, p, func(tx Tx, _ *Polling) error { return d.noteMessages(ctx, tx, *p, page) }); err != nil {
			return err
		}
		if p.Heard == 0 || d.now().After(until) {
			return nil
		}
	}
}

// settle notes up to which message was read, and what was read so long ago that
// nothing appears before it any more.
func (p *Polling) settle(top int64) {
	p.Marks = append(slices.Clone(p.Marks), PollMark{Message: top, Passed: p.Passed})
	for len(p.Marks) > 0 && p.Passed-p.Marks[0].Passed >= lateCommit {
		p.Settled = max(p.Settled, p.Marks[0].Message)
		p.Marks = p.Marks[1:]
	}
}
