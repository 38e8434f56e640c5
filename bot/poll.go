package bot

import (
	"context"

	"handrail/internal/logs"
	"handrail/internal/ticket"
)

// PollRecords does the job of asking Odoo what is new, and keeps the log of how that goes.
func (b *Bot) PollRecords(ctx context.Context, job ticket.PollRecords) error {
	polled, err := b.desk.Poll(ctx, job)
	if polled.Trouble != nil {
		logs.From(ctx).WarnContext(ctx, "Odoo does not say what is new", "error", polled.Trouble)
	}
	if polled.Again > 0 {
		logs.From(ctx).InfoContext(ctx, "Odoo says what is new again", "unanswered", polled.Again)
	}
	return err
}
