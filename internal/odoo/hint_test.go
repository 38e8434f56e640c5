package odoo_test

import (
	"testing"

	"handrail/internal/odoo"
)

func TestAHintNamesARecordAndNothingElseOfItCounts(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]odoo.Hint{
		`{"_action": "Tell Handrail(#7)", "_id": 12, "_model": "helpdesk.ticket", "name": {"x": [1]}, "stage_id": false}`: {Model: "helpdesk.ticket", Record: 12},
		`{"_id": 12}`: {}, `{"_model": "helpdesk.ticket"}`: {}, `{"_id": "12", "_model": "x"}`: {}, `{"_id": -1, "_model": "x"}`: {},
		`[]`: {}, `null`: {}, ``: {}, `hello`: {},
	} {
		hint, ok := odoo.ReadHint([]byte(body))
		if ok != (want.Record > 0) || ok && hint != want {
			t.Errorf("%s is read as %+v, %t", body, hint, ok)
		}
	}
}
