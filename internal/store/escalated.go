package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/internal/ticket"
)

// Escalated counts the escalations that were sent in a period. An index answers it.
func (r reader) Escalated(ctx context.Context, tenant string, p ticket.Period) ([]ticket.Escalated, error) {
	var rows []struct {
		Level, Reasons, Outcome string
		Climbs, Escalations     int
		AnswerMinutes           *int
	}
	err := r.orm.WithContext(ctx).Raw("SELECT level, reasons, outcome, climbs, answer_minutes, count(*) AS escalations "+
		"FROM escalations WHERE tenant = ? AND at >= ? AND at < ? "+
		"GROUP BY level, reasons, outcome, climbs, answer_minutes", words(tenant), instant(p.From), instant(p.To)).Scan(&rows).Error
	if err != nil {
		return nil, explain(fmt.Errorf("store: count escalations: %w", err))
	}
	found := make([]ticket.Escalated, len(rows))
	for i, row := range rows {
		found[i] = ticket.Escalated{
			Level: ticket.Level(row.Level), Outcome: ticket.Outcome(row.Outcome), Climbs: row.Climbs, Escalations: row.Escalations,
		}
		for reason := range strings.SplitSeq(row.Reasons, ",") {
			if reason != "" {
				found[i].Reasons = append(found[i].Reasons, ticket.Reason(reason))
			}
		}
		if row.AnswerMinutes != nil {
			took := time.Duration(*row.AnswerMinutes) * time.Minute
			found[i].Answer = &took
		}
	}
	return found, nil
}
