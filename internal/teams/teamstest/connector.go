package teamstest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// largestMessage is what Teams takes, counted as UTF-16.
const largestMessage = 100 << 10

// request is one call to the connector, taken apart.
type request struct {
	method string
	parts  []string // of the path below v3, unescaped
	query  url.Values
	body   []byte
	json   map[string]any
}

func (t *Teams) serveConnector(w http.ResponseWriter, r *http.Request) {
	// What cannot be read shows as a body that is no JSON.
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	// The answer is kept until the call is on the record: whoever has the
	// answer finds the call.
	kept := httptest.NewRecorder()
	t.handle(kept, r, body)

	raw := strings.TrimPrefix(r.URL.EscapedPath(), "/amer/")
	path, _ := url.PathUnescape(raw) // the server has unescaped it once already
	t.mu.Lock()
	t.calls = append(t.calls, Call{
		Method: r.Method, Path: path, RawPath: raw, Query: r.URL.RawQuery, Status: kept.Code, Body: string(body),
	})
	t.happened()
	t.mu.Unlock()

	maps.Copy(w.Header(), kept.Header())
	w.WriteHeader(kept.Code)
	_, _ = w.Write(kept.Body.Bytes()) // the client may have gone
}

func (t *Teams) handle(w http.ResponseWriter, r *http.Request, body []byte) {
	req := request{method: r.Method, query: r.URL.Query(), body: body}
	for part := range strings.SplitSeq(strings.TrimPrefix(r.URL.EscapedPath(), "/amer/"), "/") {
		plain, _ := url.PathUnescape(part) // as above
		req.parts = append(req.parts, plain)
	}
	if len(req.parts) < 2 || req.parts[0] != "v3" || req.parts[1] != "conversations" {
		refuse(w, http.StatusNotFound, "NotFound", "")
		return
	}
	req.parts = req.parts[2:]
	if len(body) > 0 && json.Unmarshal(body, &req.json) != nil {
		refuse(w, http.StatusBadRequest, "BadSyntax", "")
		return
	}
	t.mu.Lock()
	fault, faulty := t.takeFault(r.Method, req.roomID())
	known := t.welcome(r)
	t.mu.Unlock()
	if fault.Until != nil {
		select {
		case <-fault.Until:
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case !known:
		refuse(w, http.StatusUnauthorized, "BotNotRegistered", "")
	case faulty && fault.Status != 0:
		if fault.Delivered {
			t.route(httptest.NewRecorder(), req) // the fault answers instead
		}
		fault.write(w)
	default:
		t.route(w, req)
	}
}

// roomID is the conversation that a call is about, without the thread.
func (r request) roomID() string {
	if len(r.parts) > 0 {
		root, _, _ := strings.Cut(r.parts[0], ";")
		return root
	}
	return dig(r.json, "channelData", "channel", "id")
}

func (t *Teams) route(w http.ResponseWriter, r request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(r.parts) == 0 {
		if r.method != http.MethodPost {
			refuse(w, http.StatusMethodNotAllowed, "BadArgument", "")
			return
		}
		t.createConversation(w, r)
		return
	}
	room := t.rooms[r.roomID()]
	_, thread, _ := strings.Cut(r.parts[0], ";messageid=")
	if room == nil || thread != "" && !room.hasThread(thread) {
		refuse(w, http.StatusNotFound, "ConversationNotFound", "")
		return
	}
	if room.left {
		refuse(w, http.StatusForbidden, "BotNotInConversationRoster", "")
		return
	}
	if t.limited && t.tooMany(room, r.method) {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "Throttled", "")
		return
	}
	switch what := strings.Join(r.parts[1:], "/"); {
	case r.method == http.MethodPost && (what == "activities" || len(r.parts) == 3 && r.parts[1] == "activities"):
		t.post(w, r, room, thread)
	case r.method == http.MethodPut && len(r.parts) == 3 && r.parts[1] == "activities":
		t.put(w, r, room)
	case r.method == http.MethodDelete && len(r.parts) == 3 && r.parts[1] == "activities":
		t.remove(w, r, room)
	case r.method == http.MethodGet && strings.EqualFold(what, "pagedMembers"):
		t.pagedMembers(w, r, room)
	case r.method == http.MethodGet && what == "members":
		answer(w, http.StatusOK, accountsOf(room.members, "objectId", t.tenant))
	case r.method == http.MethodGet && len(r.parts) == 3 && r.parts[1] == "members":
		t.member(w, r.parts[2], room)
	default:
		refuse(w, http.StatusNotFound, "NotFound", "")
	}
}

func (t *Teams) tooMany(room *room, method string) bool {
	if method == http.MethodGet {
		return tooMany(&room.reads, readLimits(), t.now())
	}
	return tooMany(&room.sends, sendLimits(), t.now())
}

// post takes a new message of the bot. A text with a card is split into two
// messages, and then no id is given, as in Teams.
func (t *Teams) post(w http.ResponseWriter, r request, room *room, thread string) {
	if !t.fits(w, r.body) {
		return
	}
	text, cards, fault := contents(r.json)
	switch {
	case fault != "":
		refuse(w, http.StatusBadRequest, "BadArgument", "")
	case r.json["type"] != "message":
		w.WriteHeader(http.StatusAccepted) // typing and the like
	case text != "" && len(cards) > 0, len(cards) > 1:
		if text != "" {
			t.add(room, thread, r.json, text, nil)
		}
		for _, card := range cards {
			t.add(room, thread, r.json, "", card)
		}
		w.WriteHeader(http.StatusAccepted)
	case text == "" && len(cards) == 0:
		refuse(w, http.StatusBadRequest, "BadArgument", "")
	default:
		var card map[string]any
		if len(cards) == 1 {
			card = cards[0]
		}
		answer(w, http.StatusCreated, map[string]string{"id": t.add(room, thread, r.json, text, card).id})
	}
}

func (t *Teams) add(room *room, thread string, activity map[string]any, text string, card map[string]any) *post {
	p := &post{id: strconv.FormatInt(t.newID(), 10), thread: thread, activity: activity, text: text, card: card, views: map[string]map[string]any{}}
	room.posts = append(room.posts, p)
	t.happened()
	return p
}

func (t *Teams) put(w http.ResponseWriter, r request, room *room) {
	p := room.find(r.parts[2])
	if p == nil || p.deleted {
		refuse(w, http.StatusNotFound, "ActivityNotFoundInConversation", "")
		return
	}
	if !t.fits(w, r.body) {
		return
	}
	text, cards, fault := contents(r.json)
	if fault != "" || len(cards) > 1 || text == "" && len(cards) == 0 {
		refuse(w, http.StatusBadRequest, "BadArgument", "")
		return
	}
	p.activity, p.text, p.card = r.json, text, nil
	if len(cards) == 1 {
		p.card = cards[0]
	}
	p.edits++
	// What a press had shown to one person gives way to the edited message.
	clear(p.views)
	t.happened()
	answer(w, http.StatusOK, map[string]string{"id": p.id})
}

func (t *Teams) remove(w http.ResponseWriter, r request, room *room) {
	p := room.find(r.parts[2])
	if p == nil || p.deleted {
		refuse(w, http.StatusNotFound, "ActivityNotFoundInConversation", "")
		return
	}
	p.deleted = true
	t.happened()
	w.WriteHeader(http.StatusOK)
}

func (t *Teams) fits(w http.ResponseWriter, body []byte) bool {
	if 2*len(utf16.Encode([]rune(string(body)))) > largestMessage {
		refuse(w, http.StatusRequestEntityTooLarge, "MessageSizeTooBig", "")
		return false
	}
	return true
}

func (t *Teams) pagedMembers(w http.ResponseWriter, r request, room *room) {
	size, err := strconv.Atoi(r.query.Get("pageSize"))
	if err != nil {
		size = 200
	}
	size = min(max(size, 50), 500)
	from, _ := strconv.Atoi(r.query.Get("continuationToken")) // none: from the start
	from = min(max(from, 0), len(room.members))
	to := min(from+size, len(room.members))
	body := map[string]any{"members": accountsOf(room.members[from:to], "aadObjectId", t.tenant)}
	if to < len(room.members) {
		body["continuationToken"] = strconv.Itoa(to)
	}
	answer(w, http.StatusOK, body)
}

func (t *Teams) member(w http.ResponseWriter, id string, room *room) {
	for _, p := range room.members {
		if p.ID == id || p.ObjectID == id {
			answer(w, http.StatusOK, p.account("aadObjectId", t.tenant))
			return
		}
	}
	refuse(w, http.StatusNotFound, "MemberNotFoundInConversation", "")
}

// createConversation opens a chat with a person or a thread in a channel.
func (t *Teams) createConversation(w http.ResponseWriter, r request) {
	if id := dig(r.json, "channelData", "channel", "id"); id != "" {
		t.createThread(w, r, t.rooms[id])
		return
	}
	members, _ := r.json["members"].([]any)
	if len(members) != 1 {
		refuse(w, http.StatusBadRequest, "BadArgument", "")
		return
	}
	account, _ := members[0].(map[string]any)
	for _, p := range t.people {
		if account["id"] == p.ID || account["id"] == p.ObjectID {
			if p.without {
				break
			}
			answer(w, http.StatusCreated, map[string]string{"id": t.personalRoom(p).id})
			return
		}
	}
	refuse(w, http.StatusForbidden, "ForbiddenOperationException", "")
}

func (t *Teams) createThread(w http.ResponseWriter, r request, room *room) {
	first, _ := r.json["activity"].(map[string]any)
	text, cards, fault := contents(first)
	switch {
	case room == nil:
		refuse(w, http.StatusNotFound, "ConversationNotFound", "")
		return
	case room.left:
		refuse(w, http.StatusForbidden, "BotNotInConversationRoster", "")
		return
	case fault != "" || len(cards) > 1 || text == "" && len(cards) == 0:
		refuse(w, http.StatusBadRequest, "BadArgument", "")
		return
	}
	var card map[string]any
	if len(cards) == 1 {
		card = cards[0]
	}
	p := t.add(room, "", first, text, card)
	p.thread = p.id
	room.threads[p.id] = true
	answer(w, http.StatusCreated, map[string]string{"id": room.id + ";messageid=" + p.id, "activityId": p.id})
}

// contents takes a message apart. A fault is what Teams would refuse.
func contents(activity map[string]any) (text string, cards []map[string]any, fault string) {
	text, _ = activity["text"].(string)
	attachments, _ := activity["attachments"].([]any)
	for _, each := range attachments {
		attachment, _ := each.(map[string]any)
		card, ok := attachment["content"].(map[string]any)
		if attachment["contentType"] != "application/vnd.microsoft.card.adaptive" || !ok || card["type"] != "AdaptiveCard" {
			return "", nil, "an attachment is no Adaptive Card"
		}
		cards = append(cards, card)
	}
	for _, field := range []string{"timestamp", "localTimestamp", "expiration"} {
		if at, ok := activity[field].(string); ok {
			if when, err := time.Parse(time.RFC3339Nano, at); err != nil || when.Year() < 2000 {
				return "", nil, field + " is no time"
			}
		}
	}
	return text, cards, ""
}

// dig returns the string at the end of a path of objects, or "".
func dig(v any, path ...string) string {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	text, _ := v.(string)
	return text
}
