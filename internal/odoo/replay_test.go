package odoo_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/internal/odoo"
)

// key is long enough to be found wherever it should not be.
const key = "5ecre7-0f-the-b0t"

// recording is what a real server answered: samples of 14 and 19 in testdata.
type recording struct {
	path     string
	request  []byte
	response *http.Response
	body     []byte
}

func recorded(t *testing.T, name string) recording {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	question, answer, ok := bytes.Cut(text, []byte("### RESPONSE\n"))
	if !ok {
		t.Fatalf("%s has no response", name)
	}
	var r recording
	head, body, _ := strings.Cut(string(question), "\n\n")
	r.request = []byte(strings.TrimSpace(body))
	for line := range strings.Lines(head) {
		if _, address, ok := strings.Cut(line, " http://127.0.0.1:"); ok {
			_, path, _ := strings.Cut(strings.TrimSpace(address), "/")
			r.path = "/" + path
		}
	}
	status, rest, _ := strings.Cut(string(answer), "\n")
	headers, content, _ := strings.Cut(rest, "\n\n")
	r.response = &http.Response{StatusCode: statusOf(status), Header: http.Header{}}
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.response.Header.Set(name, value)
	}
	r.body = []byte(strings.TrimSuffix(content, "\n"))
	return r
}

// statusOf reads the number in "HTTP/1.1 200 OK".
func statusOf(line string) int {
	number := 0
	for _, digit := range strings.Fields(line)[1] {
		number = number*10 + int(digit-'0')
	}
	return number
}

// server is one that answers what it is told to.
type server struct {
	*httptest.Server
	client *odoo.Client
	mu     sync.Mutex
	// asked are the bodies of the requests besides those that ask for the version.
	asked [][]byte
	paths []string
	auth  []string
}

// serve gives a client of a server of a version, such as "19" or "14", which
// answers all but questions for its version, and on 14 for the user's number, with answer.
func serve(t *testing.T, version string, answer http.HandlerFunc, change ...func(*odoo.Config)) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch text := string(body); {
		case strings.Contains(text, `"method":"version"`):
			_, _ = io.WriteString(w, `{"jsonrpc": "2.0", "id": 1, "result": {"server_version": "`+version+
				`.0", "server_version_info": [`+version+`, 0, 0, "final", 0, ""], "server_serie": "`+version+`.0", "protocol_version": 1}}`)
			return
		case strings.Contains(text, `"method":"authenticate"`) && version != "19":
			_, _ = io.WriteString(w, `{"jsonrpc": "2.0", "id": 1, "result": 6}`)
			return
		}
		s.mu.Lock()
		s.asked, s.paths = append(s.asked, body), append(s.paths, r.URL.Path)
		s.auth = append(s.auth, r.Header.Get("Authorization")+" "+r.Header.Get("X-Odoo-Database"))
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	cfg := odoo.Config{
		URL: s.URL, Database: "odoo" + version, Key: key, Login: "teamsbot", HTTP: &http.Client{Timeout: 5 * time.Second},
	}
	for _, f := range change {
		f(&cfg)
	}
	client, err := odoo.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.client = client
	return s
}

// replay serves a recording.
func replay(t *testing.T, name string) (*server, recording) {
	t.Helper()
	r := recorded(t, name)
	version, _, _ := strings.Cut(name, "/")
	s := serve(t, strings.TrimPrefix(version, "rig"), func(w http.ResponseWriter, _ *http.Request) {
		for header, values := range r.response.Header {
			if header != "Content-Length" && header != "Date" && header != "Connection" {
				w.Header()[header] = values
			}
		}
		w.WriteHeader(r.response.StatusCode)
		_, _ = w.Write(r.body)
	})
	return s, r
}

// sameJSON compares what was asked with what was recorded.
func sameJSON(t *testing.T, got, want []byte) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(bytes.ReplaceAll(want, []byte(`"KEY"`), []byte(`"`+key+`"`)), &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("asked  %s\nwanted %s", got, want)
	}
}
