// SPDX-License-Identifier: MIT
'use strict';
(function () {
    // ---- sorting the overview ------------------------------------------------------------------------------------
    function keyOf(row, column) {
        const cells = row.children;
        for (let i = 0, at = 0; i < cells.length; i++) {
            at += cells[i].colSpan;
            if (at <= column) continue;
            if (cells[i].colSpan > 1) return null;
            if (cells[i].dataset.key === undefined) return cells[i].textContent.toLowerCase();
            return cells[i].dataset.key === '' ? null : Number(cells[i].dataset.key);
        }
        return null;
    }

    function sortBy(table, header, column) {
        const up = header.getAttribute('aria-sort') !== 'ascending';
        const rows = Array.from(table.tBodies[0].rows).map(row => ({ row: row, key: keyOf(row, column) }));
        rows.sort(function (a, b) {
            if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
            const order = typeof a.key === 'string' ? a.key.localeCompare(b.key, undefined, { numeric: true }) : a.key - b.key;
            return up ? order : -order;
        });
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        header.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        table.tBodies[0].append(...rows.map(entry => entry.row));
    }

    for (const table of document.querySelectorAll('table.overview')) {
        Array.from(table.tHead.rows[0].cells).forEach(function (header, column) {
            const button = document.createElement('button');
            button.type = 'button';
            button.textContent = header.textContent;
            button.addEventListener('click', () => sortBy(table, header, column));
            header.replaceChildren(button);
        });
    }

    // ---- plots over time -----------------------------------------------------------------------------------------
    if (typeof Dygraph === 'undefined') return;
    // Its legend sets inline styles, which the page's policy forbids; `read` below takes its place.
    Dygraph.PLUGINS = Dygraph.PLUGINS.filter(plugin => plugin !== Dygraph.Plugins.Legend);

    // Each point: its time as a part of the span in 2^32 - 1, voltage and current as floats, all little-endian.
    function readPoints(node) {
        const text = atob(node.textContent);
        const bytes = new Uint8Array(text.length);
        for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
        const view = new DataView(bytes.buffer);
        const first = Number(node.dataset.first), step = Number(node.dataset.span) / 4294967295;
        const points = { voltage: [], current: [] };
        for (let at = 0; at + 12 <= bytes.length; at += 12) {
            const time = first + view.getUint32(at, true) * step;
            points.voltage.push([time, view.getFloat32(at + 4, true)]);
            points.current.push([time, view.getFloat32(at + 8, true)]);
        }
        return points;
    }

    function colour(name) {
        return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    }

    function colours(line) {
        return {
            colors: [colour(line)], axisLineColor: colour('--axis'), gridLineColor: colour('--line'),
            rangeSelectorPlotStrokeColor: colour('--axis'), rangeSelectorPlotFillColor: colour('--line'),
            rangeSelectorForegroundStrokeColor: colour('--axis'), rangeSelectorBackgroundStrokeColor: colour('--line')
        };
    }

    // One finger scrolls the page; two zoom the plot.
    function touches() {
        const model = Object.assign({}, Dygraph.defaultInteractionModel);
        for (const name of ['touchstart', 'touchmove', 'touchend']) {
            const usual = Dygraph.defaultInteractionModel[name];
            model[name] = function (event, graph, context) {
                if (name === 'touchstart') model.pinching = event.touches.length > 1;
                if (model.pinching) usual(event, graph, context);
            };
        }
        return model;
    }

    function draw(box) {
        const points = readPoints(box.querySelector('.points'));
        const output = box.querySelector('output');
        const unit = { time: box.dataset.xUnit, current: box.dataset.currentUnit };
        const graphs = [];
        const whole = [points.voltage[0][0], points.voltage[points.voltage.length - 1][0]];

        function show(range) {
            for (const graph of graphs) graph.updateOptions({ dateWindow: range });
        }

        function follow(graph) {
            const range = graph.xAxisRange();
            for (const other of graphs) {
                const has = other.xAxisRange();
                if (other !== graph && (has[0] !== range[0] || has[1] !== range[1])) other.updateOptions({ dateWindow: range });
            }
        }

        function read(event, x, found, row) {
            if (row < 0 || row >= points.voltage.length) return;
            const parts = [(unit.time ? x.toPrecision(7) : 'row ' + x.toFixed(0)) + ' ' + unit.time];
            if (isFinite(points.voltage[row][1])) parts.push(points.voltage[row][1].toFixed(4) + ' V');
            if (isFinite(points.current[row][1])) parts.push(points.current[row][1].toPrecision(4) + ' ' + unit.current);
            output.textContent = parts.join(' · ').replace(/-/g, '\u2212');
        }

        function graph(name, line, options) {
            const made = new Dygraph(box.querySelector('.' + name), points[name], Object.assign({
                labels: ['time', name], legend: 'never', strokeWidth: 1.2, highlightCircleSize: 3, animatedZooms: false,
                axisLabelFontSize: 12, xLabelHeight: 20, yLabelWidth: 20, rightGap: 12, gridLineWidth: 0.5,
                interactionModel: touches(), drawCallback: follow, highlightCallback: read,
                unhighlightCallback: function () { output.textContent = ''; },
                axes: { y: { axisLabelWidth: 58 }, x: { axisLabelWidth: 70 } }
            }, colours(line), options));
            made.line = line;
            graphs.push(made);
        }

        if (unit.current) {
            graph('current', '--c1', { ylabel: 'current / ' + unit.current, xAxisHeight: 4,
                axes: { y: { axisLabelWidth: 58, pixelsPerLabel: 25 }, x: { drawAxis: true, axisLabelFormatter: () => '' } } });
        }
        graph('voltage', '--c0', { ylabel: 'voltage / V', xlabel: box.dataset.x, showRangeSelector: true, rangeSelectorHeight: 36 });

        const moves = {
            in: r => [r[0] + (r[1] - r[0]) / 4, r[1] - (r[1] - r[0]) / 4],
            out: r => [r[0] - (r[1] - r[0]) / 2, r[1] + (r[1] - r[0]) / 2],
            back: r => [r[0] - (r[1] - r[0]) / 2, r[1] - (r[1] - r[0]) / 2],
            on: r => [r[0] + (r[1] - r[0]) / 2, r[1] + (r[1] - r[0]) / 2],
            all: () => whole
        };
        box.addEventListener('click', function (event) {
            const move = event.target.dataset.move;
            if (!move) return;
            const range = moves[move](graphs[0].xAxisRange());
            const length = Math.min(range[1] - range[0], whole[1] - whole[0]);
            const start = Math.min(Math.max(range[0], whole[0]), whole[1] - length);
            show([start, start + length]);
            if (move === 'all') for (const one of graphs) one.resetZoom();
        });
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () {
            for (const one of graphs) one.updateOptions(colours(one.line));
        });
    }

    // The first plot is drawn at once, others when they come near the window, so a page of many cells opens fast.
    const watcher = new IntersectionObserver(function (entries) {
        for (const entry of entries) {
            if (!entry.isIntersecting) continue;
            watcher.unobserve(entry.target);
            draw(entry.target);
        }
    }, { rootMargin: '600px' });
    document.querySelectorAll('.zoom').forEach(function (box, index) {
        box.hidden = false;
        box.closest('figure').classList.add('zoomable');
        if (index === 0) draw(box); else watcher.observe(box);
    });
}());
