package bot

import (
	"context"
	"errors"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// PostBoard does the job of sending a board as a new message.
func (b *Bot) PostBoard(ctx context.Context, job ticket.PostBoard) error {
	board, ok, err := b.store.Board(ctx, job.Place)
	if err != nil || !ok || board.Round != job.Round || board.Activity != "" {
		return err
	}
	message, address, err := b.boardMessage(ctx, board)
	if err != nil {
		return err
	}
	activity, err := b.chat.Send(ctx, reference(address), message)
	if err := b.delivered(ctx, address, err); err != nil {
		return err
	}
	if err != nil || activity == "" {
		// Refused for good, or sent without an id: there is nothing to keep true.
		return b.desk.ForgetBoard(ctx, board)
	}
	board.Activity = activity
	return b.desk.BoardSent(ctx, board)
}

// RefreshBoard does the job of having a board follow what has changed.
func (b *Bot) RefreshBoard(ctx context.Context, job ticket.RefreshBoard) error {
	return b.drawBoard(ctx, job.Place, job.Round, job.Turned)
}

// RestBoard does the job of drawing a board for the last time, once nobody has
// asked for it for long.
func (b *Bot) RestBoard(ctx context.Context, job ticket.RestBoard) error {
	board, ok, err := b.store.Board(ctx, job.Place)
	if err != nil || !ok || board.Round != job.Round {
		return err
	}
	if now := b.now(); board.Follows(now) {
		return &ticket.Postponed{After: board.Asked.Add(ticket.BoardAge).Sub(now), Cause: errors.New("the board was turned since")}
	}
	return b.drawBoard(ctx, job.Place, job.Round, true)
}

// drawBoard draws a board anew. It is held while it is drawn, so that two
// workers never show an older state after a newer one.
func (b *Bot) drawBoard(ctx context.Context, place ticket.Place, round int64, insist bool) error {
	board, ok, err := b.desk.HoldBoard(ctx, place, round, insist, b.now().Add(hold))
	if err != nil || !ok {
		return err
	}
	message, address, err := b.boardMessage(ctx, board)
	if err != nil {
		return errors.Join(err, b.desk.BoardMissed(ctx, board))
	}
	if address.Refused != "" {
		return b.desk.BoardDrawn(ctx, board)
	}
	failure := b.chat.Update(ctx, reference(address), board.Activity, message)
	if teams.KindOf(failure) == teams.Gone {
		return b.desk.ForgetBoard(ctx, board) // somebody deleted it: whoever wants one asks
	}
	if err := b.delivered(ctx, address, failure); err != nil {
		return errors.Join(err, b.desk.BoardMissed(ctx, board))
	}
	return b.desk.BoardDrawn(ctx, board)
}

// RetireBoard does the job of putting a notice where a board was.
func (b *Bot) RetireBoard(ctx context.Context, job ticket.RetireBoard) error {
	address, ok, err := b.store.Address(ctx, job.Place)
	if err != nil || !ok || address.Refused != "" {
		return err
	}
	s := b.catalog.in(address.Locale, address.Zone, b.now())
	sentence := s.say("notice.board_moved")
	card, err := b.noticeCard(s, sentence, b.button(s, "button.board", verbListShow, cards.Data{List: listBoard}))
	if err != nil {
		return err
	}
	err = b.chat.Update(ctx, reference(address), job.Activity, teams.Message{Card: card, Summary: sentence})
	return b.delivered(ctx, address, err)
}

// boardMessage gives the message that everybody in the board's place sees.
func (b *Bot) boardMessage(ctx context.Context, board ticket.Board) (teams.Message, ticket.Address, error) {
	// The address is known: the activity that asked for the board has told it.
	address, _, err := b.store.Address(ctx, board.Place)
	if err != nil {
		return teams.Message{}, address, err
	}
	card, summary, err := b.boardCard(ctx, b.catalog.in(address.Locale, address.Zone, b.now()), board)
	return teams.Message{Card: card, Summary: summary}, address, err
}
