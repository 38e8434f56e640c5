package store

import (
	"context"
	"fmt"

	"handrail/internal/ticket"
)

// OpenForm notes that a form is open on a message. What was left open before
// is cleared away on the occasion.
func (t *tx) OpenForm(ctx context.Context, form ticket.OpenForm) error {
	orm := t.orm.WithContext(ctx)
	err := orm.Exec("DELETE FROM open_forms WHERE tenant = ? AND open_until <= ?", words(form.Tenant), instant(t.db.now())).Error
	if err == nil {
		err = orm.Exec("INSERT INTO open_forms (tenant, conversation, activity, person, open_until) VALUES (?, ?, ?, ?, ?) "+
			"ON CONFLICT (tenant, conversation, activity, person) DO UPDATE SET open_until = excluded.open_until",
			words(form.Tenant), words(form.Conversation), words(form.Activity), words(form.Person), instant(form.Until)).Error
	}
	if err != nil {
		return explain(fmt.Errorf("store: note an open form: %w", err))
	}
	return nil
}

// CloseForm ends a person's form on a message.
func (t *tx) CloseForm(ctx context.Context, form ticket.OpenForm) (bool, error) {
	result := t.orm.WithContext(ctx).Exec("DELETE FROM open_forms WHERE tenant = ? AND conversation = ? AND activity = ? AND person = ?",
		words(form.Tenant), words(form.Conversation), words(form.Activity), words(form.Person))
	if result.Error != nil {
		return false, explain(fmt.Errorf("store: close a form: %w", result.Error))
	}
	return result.RowsAffected > 0, nil
}
