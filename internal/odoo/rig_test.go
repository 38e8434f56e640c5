//go:build rig

package odoo_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
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
