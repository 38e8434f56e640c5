package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// settingRow is a value that Handrail keeps for itself.
type settingRow struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

// TableName names the table.
func (*settingRow) TableName() string { return "settings" }

// Setting gives what was stored under a name; empty for nothing.
func (r reader) Setting(ctx context.Context, name string) (string, error) {
	var row settingRow
	err := r.orm.WithContext(ctx).Where("name = ?", name).Take(&row).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return "", explain(fmt.Errorf("store: read the setting %s: %w", name, err))
	}
	return row.Value, nil
}

// Set stores a value under a name.
func (t *tx) Set(ctx context.Context, name, value string) error {
	known := clause.OnConflict{Columns: []clause.Column{{Name: "name"}}, DoUpdates: clause.AssignmentColumns([]string{"value"})}
	if err := t.orm.WithContext(ctx).Clauses(known).Create(&settingRow{Name: name, Value: value}).Error; err != nil {
		return explain(fmt.Errorf("store: set %s: %w", name, err))
	}
	return nil
}
