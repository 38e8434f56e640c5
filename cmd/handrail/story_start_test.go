package main

import (
	"bytes"
	"context"
	"database/sql"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/store/storetest"
	"handrail/internal/teams/teamstest"
)

func TestStoryAStartThatCannotSucceedEndsWithAPlainMessage(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("this is no directory"), 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "handrail.db"), bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	if err := os.Mkdir(filepath.Join(directory, "handrail.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	newer, newerFile := storetest.Postgres(t), storetest.SQLite(t)
	renumber(t, "pgx", newer.URL, 9999)
	renumber(t, "sqlite", "file:"+filepath.Join(newerFile.Dir, "handrail.db"), 9999)
	t.Cleanup(func() { renumber(t, "pgx", newer.URL, 0) })
	server := postgres(t)
	at := func(change func(u *url.URL)) string {
		changed := *server
		change(&changed)
		return changed.String()
	}

	for _, c := range []struct {
		name    string
		environ map[string]string
		status  int
		said    string
	}{
		{"no URL", map[string]string{"DATABASE_URL": "my database"}, 2, "DATABASE_URL is not understood"},
		{"another database", map[string]string{"DATABASE_URL": "mysql://u:geheim@127.0.0.1/x"}, 2, "DATABASE_URL is not understood"},
		{"nobody listens", map[string]string{"DATABASE_URL": "postgres://u:geheim@127.0.0.1:1/x"}, 1, "Postgres cannot be reached"},
		{"a wrong password", map[string]string{"DATABASE_URL": at(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "geheim") })}, 1, "refuses the user or the password"},
		{"a wrong name", map[string]string{"DATABASE_URL": at(func(u *url.URL) { u.Path = "/nowhere" })}, 1, "does not exist"},
		{"a newer Postgres", map[string]string{"DATABASE_URL": newer.URL}, 1, "belongs to a newer version of Handrail"},
		{"a newer file", map[string]string{"HANDRAIL_DATA": newerFile.Dir}, 1, "belongs to a newer version of Handrail"},
		{"no directory", map[string]string{"HANDRAIL_DATA": filepath.Join(file, "data")}, 1, "cannot be made"},
		{"a damaged file", map[string]string{"HANDRAIL_DATA": damaged}, 1, "damaged"},
		{"a file that cannot be opened", map[string]string{"HANDRAIL_DATA": directory}, 1, "cannot be opened"},
		{"a port that is taken", map[string]string{"HANDRAIL_DATA": t.TempDir(), "HANDRAIL_ADDR": taken.Addr().String()}, 1, "another program listens there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			environ := map[string]string{"HANDRAIL_ADDR": "127.0.0.1:0"}
			maps.Copy(environ, c.environ)
			for _, command := range []string{"serve", "migrate"} {
				if command == "migrate" && c.environ["HANDRAIL_ADDR"] != "" {
					continue
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				var stdout, stderr bytes.Buffer
				status := run(ctx, []string{command}, environ, strings.NewReader(""), &stdout, &stderr)
				cancel()
				if status != c.status || !strings.Contains(stderr.String(), c.said) {
					t.Errorf("%s ends with %d, want %d and %q: %s", command, status, c.status, c.said, &stderr)
				}
				saysNot(t, stderr.String(), "geheim", "panic", "goroutine")
				if strings.Contains(stdout.String(), "listens on") {
					t.Errorf("%s says %s", command, &stdout)
				}
			}
		})
	}
}

// postgres gives the address of the server that tests run against.
func postgres(t *testing.T) *url.URL {
	t.Helper()
	address, err := url.Parse(os.Getenv("TEST_DATABASE_URL"))
	if err != nil {
		t.Fatal("TEST_DATABASE_URL is not a URL")
	}
	return address
}

// renumber makes a database one of a version that nobody knows, or undoes it with 0.
func renumber(t *testing.T, driver, source string, version int) {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	statement := "INSERT INTO handrail_migrations (version_id, is_applied) VALUES (9999, true)"
	if version == 0 {
		statement = "DELETE FROM handrail_migrations WHERE version_id = 9999"
	}
	if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatal(err)
	}
}

func TestStoryInLocalModeEveryoneLeadsAndNobodyFromElsewhereComesIn(t *testing.T) {
	onEachLocal(t, func(t *testing.T, w *world) {
		ana, kofi := w.Person("Ana Lima"), w.Person("Kofi Annan")
		chat, group := w.Personal("Ana Lima"), w.GroupChat("Desk", "Ana Lima", "Kofi Annan")
		w.Install(ana, chat)
		chat.ExpectCard("Hello, I am Handrail", "Local mode")
		card := w.opens(ana, group, "Invoices cannot be posted", invoices())
		card.Press(kofi, "Next step")
		card.Expect("Step 2 of 7")
		group.Says(ana, "assign T-1 @Kofi Annan", kofi)
		group.ExpectText("is yours now")

		elsewhere := chat.Activity("message", ana)
		elsewhere["serviceUrl"] = "https://evil.example/"
		if d := w.Deliver(elsewhere); d.Status != 403 {
			t.Errorf("a service URL of another machine is answered %d", d.Status)
		}
	})
}

// onEachLocal tells a story of the local mode, with the ids of the Playground.
func onEachLocal(t *testing.T, story func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		w := newWorld(t, database, teamstest.WithPlaygroundIDs(), teamstest.WithoutTokens())
		delete(w.environ, "BOT_SERVICE_HOSTS")
		delete(w.environ, "HANDRAIL_LEADS")
		w.start()
		story(t, w)
	})
}
