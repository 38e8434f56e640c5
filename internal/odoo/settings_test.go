package odoo_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handrail/internal/odoo"
	"handrail/internal/ticket"
)

func TestStagesAreSetByStepsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	got, err := odoo.ParseStages([]string{"reception=New", " Follow-up = On hold = waiting ", "initial response=7", "closed=Solved"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"reception": "New", "follow_up": "On hold = waiting", "initial_response": "7", "closed": "Solved"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestASettingThatIsNotUnderstoodSaysWhatItMayBe(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"recption=New":                "reception, initial_response, diagnosis",
		"reception":                   "the words before the = are",
		"reception=":                  "names no stage",
		"reception=New,Reception=Old": "reception is there twice",
	} {
		if _, err := odoo.ParseStages(strings.Split(list, ",")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", list, want, err)
		}
	}
	for list, want := range map[string]string{
		"urgent=Hot":            "expedite, fixed, priority, standard",
		"expedite=A,Expedite=B": "expedite is there twice",
	} {
		if _, err := odoo.ParseTags(strings.Split(list, ",")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", list, want, err)
		}
	}
}

func TestAClassMayHaveAnotherTagOrNone(t *testing.T) {
	t.Parallel()
	got, err := odoo.ParseTags([]string{"Expedite=Hot, hot", "standard="})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[ticket.Class]string{ticket.Expedite: "Hot, hot", ticket.Standard: ""}, got); diff != "" {
		t.Error(diff)
	}
	none, err := odoo.ParseTags([]string{"none"})
	if err != nil || len(none) != 4 || none[ticket.Fixed] != "" {
		t.Errorf("got %v, %v, want no tag for any class", none, err)
	}
}
