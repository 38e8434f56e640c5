//go:build rig

package odoo_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/odoo"
	"handrail/internal/odoo/odootest"
)

// rig is a real Odoo 19, whose address and keys are in the environment.
func rig(t *testing.T, address string) world {
	t.Helper()
	prefixes := map[string]string{
		odootest.Admin().Login(): "ODOO_ADMIN_", odootest.Bot().Login(): "ODOO_", odootest.Low().Login(): "ODOO_LOW_",
		odootest.Anna().Login(): "ODOO_ENG1_", odootest.Ben().Login(): "ODOO_ENG2_",
	}
	return world{refs: new(atomic.Int64), run: time.Now().UnixNano(), config: func(u odootest.User) odoo.Config {
		prefix := prefixes[u.Login()]
		return odoo.Config{
			URL: address, Database: variable(t, "ODOO_DB"), Key: variable(t, prefix+"API_KEY"), Login: variable(t, prefix+"LOGIN"),
			HTTP: &http.Client{Timeout: 60 * time.Second},
		}
	}}
}

func variable(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: the rig has to run, and its variables have to be exported", name)
	}
	return value
}

func TestARealOdooPassesTheSuiteByJSON2(t *testing.T) {
	t.Parallel()
	conform(t, rig(t, variable(t, "ODOO_URL")))
}

// TestARealOdooPassesTheSuiteByJSONRPC has a proxy say that the server is one of 18,
// so that the client speaks the older protocol to it.
func TestARealOdooPassesTheSuiteByJSONRPC(t *testing.T) {
	t.Parallel()
	conform(t, rig(t, older(t)))
}

func older(t *testing.T) string {
	t.Helper()
	target, err := url.Parse(variable(t, "ODOO_URL"))
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/jsonrpc" && bytes.Contains(body, []byte(`"method":"version"`)) {
			_, _ = io.WriteString(w, `{"jsonrpc": "2.0", "id": 1, "result": {"server_version": "18.0", "server_version_info": [18, 0, 0, "final", 0, ""]}}`)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestTicketsOfARealOdooThroughAHarmfulProxyAreThereOnce makes as many as fit into
// the time.
func TestTicketsOfARealOdooThroughAHarmfulProxyAreThereOnce(t *testing.T) {
	w := rig(t, variable(t, "ODOO_URL"))
	c, proxy := behind(t, w.config(odootest.Bot()))
	word := w.ref()
	work := make(chan int)
	go func() {
		defer close(work)
		end := time.After(100 * time.Second)
		for n := 0; ; n++ {
			select {
			case work <- n:
			case <-end:
				return
			}
		}
	}()
	var made atomic.Int64
	crowd(t, work, func(n, _ int) error {
		_, err := c.Load(t.Context(), "helpdesk.ticket", fmt.Sprintf("%s-%d", word, n), odoo.Values{"name": fmt.Sprintf("%s %d", word, n)})
		if err == nil {
			made.Add(1)
		}
		return err
	})
	proxy.Flush()
	direct := w.bot(t)
	groups, err := direct.Count(t.Context(), "helpdesk.ticket", odoo.Domain{odoo.Term("name", "like", word+" ")}, "team_id")
	if err != nil || len(groups) != 1 || int64(groups[0].Count) != made.Load() {
		t.Errorf("%d were made, and there are %v; %v", made.Load(), groups, err)
	}
	t.Logf("%d tickets; %s", made.Load(), proxy.Harmed())
}

// BenchmarkRig compares calls of the client with bare requests of the same content.
func BenchmarkRig(b *testing.B) {
	address, database, key := os.Getenv("ODOO_URL"), os.Getenv("ODOO_DB"), os.Getenv("ODOO_API_KEY")
	var count atomic.Int64
	ref := func() string { return fmt.Sprintf("handrail.b%d-%d", time.Now().UnixNano(), count.Add(1)) }
	for _, connections := range []int{1, 2, 4, 8} {
		h := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}}
		c, err := odoo.New(odoo.Config{URL: address, Database: database, Key: key, HTTP: h, Calls: connections})
		if err != nil {
			b.Fatal(err)
		}
		ticket, err := c.Load(b.Context(), "helpdesk.ticket", ref(), odoo.Values{"name": "x"})
		if err != nil {
			b.Fatal(err)
		}
		bare := func(model, fields, row string) error {
			body := `{"fields": ["id", ` + fields + `], "data": [["` + ref() + `", ` + row + `]], "context": {"mode": "update", "noupdate": true, "tz": "UTC"}}`
			request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, address+"/json/2/"+model+"/load", strings.NewReader(body))
			if err != nil {
				return err
			}
			request.Header = http.Header{"Authorization": {"bearer " + key}, "X-Odoo-Database": {database}, "Content-Type": {"application/json"}}
			response, err := h.Do(request)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			answer, err := io.ReadAll(response.Body)
			if err == nil && !bytes.Contains(answer, []byte(`"ids": [`)) {
				return fmt.Errorf("%s", answer)
			}
			return err
		}
		for name, do := range map[string]func() error{
			"ticket/bare": func() error { return bare("helpdesk.ticket", `"name"`, `"x"`) },
			"ticket/client": func() error {
				_, err := c.Load(b.Context(), "helpdesk.ticket", ref(), odoo.Values{"name": "x"})
				return err
			},
			"note/bare": func() error {
				return bare("mail.message", `"body", "message_type", "model", "res_id", "subtype_id/id"`,
					fmt.Sprintf(`"<p>x</p>", "comment", "helpdesk.ticket", "%d", "mail.mt_note"`, ticket))
			},
			"note/client": func() error {
				_, err := c.Post(b.Context(), odoo.Post{Model: "helpdesk.ticket", Record: ticket, Ref: ref(), HTML: "<p>x</p>"})
				return err
			},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, connections), func(b *testing.B) {
				var all sync.WaitGroup
				work := upTo(b.N)
				for range connections {
					all.Go(func() {
						for range work {
							if err := do(); err != nil {
								b.Error(err)
							}
						}
					})
				}
				all.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
			})
		}
	}
}
