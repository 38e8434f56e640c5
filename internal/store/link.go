package store

import (
	"context"
	"fmt"

	"handrail/internal/ticket"
)

// LinkedTo gives the tickets that follow a ticket, in the order of their numbers.
func (r reader) LinkedTo(ctx context.Context, id ticket.ID) ([]*ticket.Ticket, error) {
	var rows []ticketRow
	err := r.orm.WithContext(ctx).Where("tenant = ? AND leader = ?", words(id.Tenant), id.Number).Order("number").Find(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: list what follows %s: %w", id, err))
	}
	linked := make([]*ticket.Ticket, len(rows))
	for i := range rows {
		if linked[i], err = rows[i].ticket(); err != nil {
			return nil, err
		}
	}
	return linked, nil
}
