package odoo_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
)

// behind gives a client whose calls pass a proxy that harms three of ten.
func behind(t *testing.T, cfg odoo.Config) (*odoo.Client, *odootest.Proxy) {
	t.Helper()
	proxy := odootest.NewProxy(t, cfg.URL, 7, odootest.Rough())
	cfg.URL, cfg.Calls = proxy.URL, 8
	cfg.HTTP = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	client, err := odoo.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client, proxy
}

// standIn gives an Odoo in memory, and how to reach it as the bot.
func standIn(t *testing.T) (*odootest.Server, odoo.Config) {
	t.Helper()
	server := odootest.New(t, odootest.Setup{Helpdesk: odootest.Enterprise})
	return server, odoo.Config{
		URL: server.URL, Database: odootest.Database, Key: odootest.Bot().Key(), Login: odootest.Bot().Login(),
		HTTP: &http.Client{Timeout: 10 * time.Second},
	}
}

// crowd has eight workers do what is on a list, again and again until Odoo has done it.
func crowd(t *testing.T, work <-chan int, do func(n, attempt int) error) {
	t.Helper()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range work {
				for attempt := 0; ; attempt++ {
					err := do(n, attempt)
					if err == nil {
						break
					}
					if odoo.KindOf(err) != odoo.Busy {
						t.Errorf("%d: %v", n, err)
						break
					}
				}
			}
		})
	}
	all.Wait()
}

func upTo(n int) <-chan int {
	list := make(chan int, n)
	for i := range n {
		list <- i
	}
	close(list)
	return list
}

func TestTenThousandTicketsThroughAHarmfulProxyAreTenThousand(t *testing.T) {
	t.Parallel()
	const many = 10_000
	server, cfg := standIn(t)
	c, proxy := behind(t, cfg)
	ids := make([]int64, many)
	crowd(t, upTo(many), func(n, _ int) (err error) {
		ids[n], err = c.Load(t.Context(), "helpdesk.ticket", fmt.Sprintf("handrail.T-%d", n), odoo.Values{"name": fmt.Sprintf("Ticket %d", n)})
		return err
	})
	proxy.Flush()
	names := map[any]any{}
	rows := server.Rows("helpdesk.ticket")
	for _, row := range rows {
		names[row["name"]] = row["id"]
	}
	if len(rows) != many || len(names) != many {
		t.Errorf("%d tickets of %d names", len(rows), len(names))
	}
	for n, id := range ids {
		if names[fmt.Sprintf("Ticket %d", n)] != id {
			t.Fatalf("ticket %d is %v, and its caller was told %d", n, names[fmt.Sprintf("Ticket %d", n)], id)
		}
	}
	t.Logf("%d calls; %s", server.Calls("helpdesk.ticket/load"), proxy.Harmed())
}

func TestNotesThroughAHarmfulProxyAreThereOnce(t *testing.T) {
	t.Parallel()
	const many = 2_000
	server, cfg := standIn(t)
	c, proxy := behind(t, cfg)
	ticket := server.Create(odootest.Admin(), "helpdesk.ticket", odootest.Row{"name": "x"})
	crowd(t, upTo(many), func(n, _ int) error {
		_, err := c.Post(t.Context(), odoo.Post{Model: "helpdesk.ticket", Record: ticket, Ref: fmt.Sprintf("handrail.n-%d", n), HTML: "<p>x</p>"})
		return err
	})
	proxy.Flush()
	if most, there := doubles(server); there != many || most != 1 {
		t.Errorf("%d notes, one of them %d times", there, most)
	}
}

// doubles counts the posts that are there, and how often the most frequent one is.
func doubles(server *odootest.Server) (most, there int) {
	seen := map[string]int{}
	for _, row := range server.Rows("mail.message") {
		id, _ := row["message_id"].(string)
		if ref, ours := odoo.Ref(id); ours {
			seen[ref]++
			most = max(most, seen[ref])
		}
	}
	return most, len(seen)
}

// TestCommentsThroughAHarmfulProxyAreThereOnce waits with the next attempt until Odoo
// has settled. What the proxy itself repeats or brings late Odoo posts twice; the look
// after the post, and one at leisure, take the later ones away.
func TestCommentsThroughAHarmfulProxyAreThereOnce(t *testing.T) {
	t.Parallel()
	const many = 400
	for name, harm := range map[string]odootest.Harm{
		"a network that loses and repeats": odootest.Rough(),
		"a network that only loses":        {DropRequests: 80, DropAnswers: 120, Cut: 80, BadGateway: 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, cfg := standIn(t)
			var waited atomic.Int64
			cfg.Now = func() time.Time { return time.Unix(1_800_000_000+waited.Load(), 0) }
			proxy := odootest.NewProxy(t, cfg.URL, 11, harm)
			cfg.URL, cfg.Calls = proxy.URL, 8
			c, err := odoo.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			ticket := server.Create(odootest.Admin(), "helpdesk.ticket", odootest.Row{"name": "x", "partner_id": int64(11)})
			ref := func(n int) string { return fmt.Sprintf("handrail.c-%d", n) }
			crowd(t, upTo(many), func(n, attempt int) error {
				p := odoo.Post{Model: "helpdesk.ticket", Record: ticket, Ref: ref(n), HTML: "<p>x</p>", Public: true}
				if attempt > 0 {
					p.Tried = cfg.Now()
					waited.Add(121)
				}
				_, err := c.Post(t.Context(), p)
				return err
			})
			proxy.Flush()
			most, there := doubles(server)
			if there != many || most > 1 && harm.Repeat == 0 {
				t.Errorf("%d comments, one of them %d times", there, most)
			}
			crowd(t, upTo(many), func(n, _ int) error {
				_, err := c.Posted(t.Context(), "helpdesk.ticket", ticket, ref(n))
				return err
			})
			if most, there := doubles(server); there != many || most != 1 {
				t.Errorf("after the last look %d comments, one of them %d times", there, most)
			}
			t.Logf("at most %d of one before the last look; %s", most, proxy.Harmed())
		})
	}
}
