package main

import (
	"maps"
	"os"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

func TestStoryTheDoctorLooksWhileHandrailRuns(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana := w.Person("Ana Lima")
		chat := w.reaches(ana)
		w.ticketIn(ticket.Diagnosis, ana)
		environ := maps.Clone(w.environ)
		environ["HANDRAIL_ADDR"] = strings.TrimPrefix(w.handrail.url, "http://")
		d := newDoctor(environ, os.ReadFile)
		d.clock = w.clock.Now
		found := d.examine(t.Context())
		said := map[string]finding{}
		for _, f := range found.Findings {
			said[f.Check] = f
		}
		for check, want := range map[string]string{
			"database": "answers and can be written", "migrations": "are those of this program",
			"queue": "A Handrail works the jobs off, and none is late.", "service": "A Handrail runs on " + environ["HANDRAIL_ADDR"] + " and is ready.",
			"token": "Microsoft gives a token",
		} {
			if f := said[check]; f.State != stateOK || !strings.Contains(f.Found, want) {
				t.Errorf("of the %s it says %+v", check, f)
			}
		}
		// Nothing is in its way afterwards.
		shows(ana, chat, "T-1").Expect("Step 3 of 7")
	})
}
